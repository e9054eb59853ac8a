// SPDX-License-Identifier: Apache-2.0

package import Caching
internal import RedisClient
import Synchronization

/// Entries with stamps: each belongs to a state of the cache and of its tags.
extension RedisBackend: StampingBackend {
    package var writesStamps: Bool { format != .json }

    package func get(_ key: String, tags: [String]) async throws -> StampedRead {
        guard format != .json else { return try await getPlain(key) }
        let tagKeys = tags.map(keyspace.tagKey)
        let stored = keyspace.key(key)
        let command = RedisCommand(words: 3 + tags.count) { [versionKey = keyspace.versionKey] writer in
            writer.write("MGET")
            writer.write(stored)
            writer.write(versionKey)
            for tagKey in tagKeys { writer.write(tagKey) }
        }
        let takenAt = Self.now
        let reply = try await client.send(command)
        guard case .array(let values) = reply, values.count == 2 + tags.count else {
            throw RedisError.unexpectedReply(to: "MGET", reply.kind)
        }
        let stamps = try await complete(values[1...].map(Self.stamp), tags, takenAt)
        guard case .bulk(let bytes) = values[0] else { return StampedRead(entry: .success(nil), stamps: stamps) }
        let entry: CacheEntry?
        do {
            entry = try await valid(try CacheEntry(encoded: bytes, for: stored), stamps)
        } catch let error as CacheEntryError {
            return StampedRead(entry: .failure(error), stamps: stamps)
        }
        return StampedRead(entry: .success(entry), stamps: stamps)
    }

    package func stamps(of tags: [String]) async throws -> EntryStamps {
        try await ensured(tags, Self.now)
    }

    package func set(_ key: String, _ entry: CacheEntry, ttl: Duration?, stamps: EntryStamps) async throws -> Bool {
        guard format != .json else {
            try await setPlain(key, entry, ttl: ttl)
            return true
        }
        return try await store(key, entry, ttl: ttl, stamps: stamps)
    }

    package func invalidate(tag: String) async throws -> Int? {
        guard format != .json else {
            throw RedisRefusal(
                description: "entries in plain JSON have no tags; use `format: envelope` for this cache"
            )
        }
        _ = try await client.run(
            StampScripts.change,
            keys: [keyspace.tagKey(tag)],
            arguments: [.integer(Self.stampLifetime)]
        )
        // They are removed when they expire; nobody has looked how many there are.
        return nil
    }

    /// The lifetime of a tag's stamp, unless an entry lives longer: 30 days in milliseconds.
    static let stampLifetime: Int64 = 30 * 86_400_000

    static func stamp(_ reply: RESPValue) -> UInt64? {
        guard case .bulk(let bytes) = reply, bytes.count <= 20 else { return nil }
        return UInt64(String(decoding: bytes, as: UTF8.self))
    }

    private static var now: Int64 { SystemCacheClock.preciseNanoseconds }

    /// Returns stamps; those that are missing are made.
    private func complete(_ stamps: [UInt64?], _ tags: [String], _ takenAt: Int64) async throws -> EntryStamps {
        let known = stamps.compactMap { $0 }
        guard known.count == stamps.count else { return try await ensured(tags, takenAt) }
        note(version: known[0])
        return EntryStamps(
            cache: known[0],
            tags: StampsByTag(zip(tags, known.dropFirst())),
            takenAt: takenAt
        )
    }

    private func ensured(_ tags: [String], _ takenAt: Int64) async throws -> EntryStamps {
        let (stamps, _) = try await ensuredStamps([keyspace.versionKey] + tags.map(keyspace.tagKey))
        note(version: stamps[0])
        return EntryStamps(
            cache: stamps[0],
            tags: StampsByTag(zip(tags, stamps.dropFirst())),
            takenAt: takenAt
        )
    }

    /// Returns the stamps of keys and the time of the server.
    private func ensuredStamps(_ keys: [String]) async throws -> (stamps: [UInt64], time: UInt64) {
        let lifetimes = keys.map { $0 == keyspace.versionKey ? RedisArgument.integer(0) : .integer(Self.stampLifetime) }
        let reply = try await client.run(StampScripts.ensure, keys: keys, arguments: lifetimes)
        let stamps = (reply.elements ?? []).compactMap(Self.stamp)
        guard stamps.count == keys.count + 1 else { throw RedisError.unexpectedReply(to: "a script", reply.kind) }
        return (Array(stamps.dropLast()), stamps[keys.count])
    }

    func note(version: UInt64) { lastVersion.store(version, ordering: .relaxed) }

    /// Returns an entry without its stamps; nil when it belongs to a state that is over.
    private func valid(_ entry: CacheEntry, _ stamps: EntryStamps) async throws -> CacheEntry? {
        guard entry.tags.first == "", entry.tagStamps.first == stamps.cache else { return nil }
        let pairs = zip(entry.tags, entry.tagStamps).dropFirst()
        var unknown: [(tag: String, stamp: UInt64)] = []
        for (tag, stamp) in pairs {
            guard let current = stamps.tags[tag] else {
                unknown.append((tag, stamp))
                continue
            }
            if current != stamp { return nil }
        }
        if !unknown.isEmpty {
            // Tags that the load has added: they are known when the entry is read.
            let keys = unknown.map { RedisArgument.text(keyspace.tagKey($0.tag)) }
            let reply = try await client.send(RedisCommand([.text("MGET")] + keys))
            guard case .array(let values) = reply, values.count == keys.count else {
                throw RedisError.unexpectedReply(to: "MGET", reply.kind)
            }
            guard zip(values, unknown).allSatisfy({ Self.stamp($0) == $1.stamp }) else { return nil }
        }
        return CacheEntry(
            value: entry.value,
            createdAt: entry.createdAt,
            freshUntil: entry.freshUntil,
            expiresAt: entry.expiresAt,
            tags: pairs.map(\.0),
            tagStamps: pairs.map(\.1),
            loadDuration: entry.loadDuration
        )
    }

    /// Stores an entry that belongs to a state; returns whether it still may belong to it.
    func store(_ key: String, _ entry: CacheEntry, ttl: Duration?, stamps: EntryStamps) async throws -> Bool {
        var stamps = stamps
        let added = entry.tags.filter { stamps.tags[$0] == nil }
        if !added.isEmpty {
            // The load has added them, and nobody looked before it began. A stamp that was changed since then may have
            // been changed because of what was loaded. Only durations are compared: no two clocks have to agree.
            let (current, time) = try await ensuredStamps(added.map(keyspace.tagKey))
            // After the reply: until the server answered, it may have taken a while.
            let elapsed = UInt64(max(0, Self.now - stamps.takenAt) / 1000) + 1
            for (tag, stamp) in zip(added, current) {
                // One that was made just now is as old as the question.
                if stamp != time, stamp > time || time - stamp <= elapsed { return false }
                stamps.tags[tag] = stamp
            }
        }
        let bytes = try encoded(key, entry, stamps: stamps)
        let set = setCommand(key, bytes, ttl)
        guard !entry.tags.isEmpty else {
            _ = try await client.send(set)
            return true
        }
        let replies = try await client.send([set, extend(entry.tags, ttl)])
        try Self.check(replies[0])
        if case .error(let error) = replies[1], error.code == "NOSCRIPT" {
            // A server forgets scripts when it restarts. Sent once with its text, it knows it again.
            let keys = entry.tags.map(keyspace.tagKey)
            _ = try await client.run(StampScripts.extend, keys: keys, arguments: [Self.stampLifetime(for: ttl)])
        } else {
            try Self.check(replies[1])
        }
        return true
    }

    /// Returns the command that lets stamps live as long as an entry.
    private func extend(_ tags: [String], _ ttl: Duration?) -> RedisCommand {
        let keys = tags.map { RedisArgument.text(keyspace.tagKey($0)) }
        let words: [RedisArgument] = [.text("EVALSHA"), .text(StampScripts.extend.digest), .integer(Int64(keys.count))]
        return RedisCommand(words + keys + [Self.stampLifetime(for: ttl)])
    }

    /// Returns the milliseconds that the stamps of an entry have to live; zero for ever.
    private static func stampLifetime(for ttl: Duration?) -> RedisArgument {
        // Somewhat longer than the entry, so that the stamp is not made again just before its end.
        .integer(milliseconds(ttl).map { max(stampLifetime, $0 + 86_400_000) } ?? 0)
    }
}
