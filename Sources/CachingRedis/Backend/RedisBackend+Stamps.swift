// SPDX-License-Identifier: Apache-2.0

package import Caching
internal import RedisClient
import Synchronization

/// Entries with stamps: an entry is valid while its stamps equal those of the cache and of its tags on the server.
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
        let deadline = OperationDeadline(client.settings.timeout)
        let reply = try await client.send(command)
        guard case .array(let values) = reply, values.count == 2 + tags.count else {
            throw RedisError.unexpectedReply(to: "MGET", reply.kind)
        }
        let stamps: EntryStamps
        if tags.isEmpty, let version = Self.stamp(values[1]) {
            remember(version: version)
            stamps = EntryStamps(cache: version, takenAt: deadline.start)
        } else {
            stamps = try await completed(values[1...].map(Self.stamp), tags, deadline)
        }
        guard case .bulk(let bytes) = values[0] else { return StampedRead(entry: .success(nil), stamps: stamps) }
        let entry: CacheEntry?
        do {
            entry = try await validated(try CacheEntry(encoded: bytes, for: stored), stamps, deadline)
        } catch let error as CacheEntryError {
            return StampedRead(entry: .failure(error), stamps: stamps)
        }
        return StampedRead(entry: .success(entry), stamps: stamps)
    }

    package func stamps(of tags: [String]) async throws -> EntryStamps {
        try await readOrCreateStamps(tags, OperationDeadline(client.settings.timeout))
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
        // Invalidated entries are removed when they expire, so their number is unknown.
        return nil
    }

    /// The lifetime of a tag's stamp, unless an entry lives longer: 30 days in milliseconds.
    static let stampLifetime: Int64 = 30 * 86_400_000

    static func stamp(_ reply: RESPValue) -> UInt64? {
        guard case .bulk(let bytes) = reply, !bytes.isEmpty, bytes.count <= 19 else { return nil }
        // On the path of every hit, so without a String. 19 digits cannot overflow.
        var stamp: UInt64 = 0
        for byte in bytes {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            stamp = stamp * 10 + UInt64(byte & 0x0F)
        }
        return stamp
    }

    /// Returns the stamps of the cache and of tags, and creates missing ones.
    private func completed(
        _ stamps: [UInt64?],
        _ tags: [String],
        _ deadline: OperationDeadline
    ) async throws -> EntryStamps {
        let known = stamps.compactMap { $0 }
        guard known.count == stamps.count else { return try await readOrCreateStamps(tags, deadline) }
        return entryStamps(known, tags, deadline)
    }

    private func readOrCreateStamps(_ tags: [String], _ deadline: OperationDeadline) async throws -> EntryStamps {
        let (stamps, _) = try await stampsCreatingMissing([keyspace.versionKey] + tags.map(keyspace.tagKey), deadline)
        return entryStamps(stamps, tags, deadline)
    }

    /// Returns stamps, of which the first is that of the cache, and the others those of tags.
    private func entryStamps(_ stamps: [UInt64], _ tags: [String], _ deadline: OperationDeadline) -> EntryStamps {
        remember(version: stamps[0])
        let tags = zip(tags, stamps.dropFirst()).map { EntryStamps.Tag($0, $1) }
        return EntryStamps(cache: stamps[0], tags: tags, takenAt: deadline.start)
    }

    /// Returns the stamps of keys, and creates missing ones; and the time of the server.
    private func stampsCreatingMissing(
        _ keys: [String],
        _ deadline: OperationDeadline
    ) async throws -> (stamps: [UInt64], time: UInt64) {
        let lifetimes = keys.map { $0 == keyspace.versionKey ? RedisArgument.integer(0) : .integer(Self.stampLifetime) }
        let reply = try await client.run(
            StampScripts.ensure,
            keys: keys,
            arguments: lifetimes,
            timeout: deadline.remaining
        )
        let stamps = (reply.elements ?? []).compactMap(Self.stamp)
        guard stamps.count == keys.count + 1 else { throw RedisError.unexpectedReply(to: "a script", reply.kind) }
        return (Array(stamps.dropLast()), stamps[keys.count])
    }

    func remember(version: UInt64) { lastVersion.store(version, ordering: .relaxed) }

    /// Returns an entry without its stamps; nil when it was invalidated.
    private func validated(
        _ entry: CacheEntry,
        _ stamps: EntryStamps,
        _ deadline: OperationDeadline
    ) async throws -> CacheEntry? {
        guard entry.tags.first == "", entry.tagStamps.first == stamps.cache else { return nil }
        let pairs = zip(entry.tags, entry.tagStamps).dropFirst()
        var unknown: [(tag: String, stamp: UInt64)] = []
        for (tag, stamp) in pairs {
            guard let current = stamps.stamp(of: tag) else {
                unknown.append((tag, stamp))
                continue
            }
            if current != stamp { return nil }
        }
        if !unknown.isEmpty {
            // Tags that the load has added: their names are only known from the entry.
            let keys = unknown.map { RedisArgument.text(keyspace.tagKey($0.tag)) }
            let reply = try await client.send(RedisCommand([.text("MGET")] + keys), timeout: deadline.remaining)
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

    /// Stores an entry with stamps, and returns false if a tag that the load has added was changed since they were read.
    func store(_ key: String, _ entry: CacheEntry, ttl: Duration?, stamps: EntryStamps) async throws -> Bool {
        let deadline = OperationDeadline(client.settings.timeout)
        var stamps = stamps
        let added = entry.tags.filter { stamps.stamp(of: $0) == nil }
        if !added.isEmpty {
            // The stamps of tags that the load has added were not read before it began. If one was changed since then,
            // the loaded value may be outdated. Only durations are compared, so that clocks need not agree.
            let (current, time) = try await stampsCreatingMissing(added.map(keyspace.tagKey), deadline)
            // Measured after the reply: the server may have answered late.
            let elapsed = UInt64(max(0, SystemCacheClock.preciseNanoseconds - stamps.takenAt) / 1000) + 1
            for (tag, stamp) in zip(added, current) {
                // A stamp that this call has created equals the time of the server.
                if stamp != time, stamp > time || time - stamp <= elapsed { return false }
                stamps.tags.append(EntryStamps.Tag(tag, stamp))
            }
        }
        let bytes = try encoded(key, entry, stamps: stamps)
        let set = setCommand(key, bytes, ttl)
        guard !entry.tags.isEmpty else {
            _ = try await client.send(set, timeout: deadline.remaining)
            return true
        }
        let keys = entry.tags.map(keyspace.tagKey)
        let lifetime = RedisArgument.integer(Self.stampLifetime(ttl))
        let extend = StampScripts.extend.command(keys: keys, arguments: [lifetime])
        let replies = try await client.send([set, extend], timeout: deadline.remaining)
        try Self.check(replies[0])
        if case .error(let error) = replies[1], error.code == "NOSCRIPT" {
            // A restart empties the script cache of a server; this sends the source code once.
            _ = try await client.run(
                StampScripts.extend,
                keys: keys,
                arguments: [lifetime],
                timeout: deadline.remaining
            )
        } else {
            try Self.check(replies[1])
        }
        return true
    }

    /// Returns the lifetime in milliseconds of the stamps of an entry's tags, zero for no end.
    ///
    /// It is longer than that of the entry, so that no stamp expires before the entry.
    private static func stampLifetime(_ ttl: Duration?) -> Int64 {
        milliseconds(ttl).map { max(stampLifetime, $0 + 86_400_000) } ?? 0
    }
}

/// The deadline of an operation, which all its round trips share.
struct OperationDeadline: Sendable {
    /// The time at which the operation began, in nanoseconds of the monotonic clock.
    let start: Int64

    private let timeout: Duration

    init(_ timeout: Duration) {
        start = SystemCacheClock.preciseNanoseconds
        self.timeout = timeout
    }

    /// The time until the deadline; zero after it.
    var remaining: Duration {
        max(.zero, timeout - .nanoseconds(SystemCacheClock.preciseNanoseconds - start))
    }
}
