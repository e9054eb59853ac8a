// SPDX-License-Identifier: Apache-2.0

public import Caching
internal import RedisClient
import Synchronization

/// Reads and writes of single entries.
extension RedisBackend: CacheBackend {
    /// Returns the entry of a key; nil when there is none, or it was invalidated.
    ///
    /// - Parameter key: The key.
    /// - Returns: The entry.
    /// - Throws: `RedisError`, or ``Caching/CacheEntryError`` when the stored bytes cannot be read.
    public func get(_ key: String) async throws -> CacheEntry? {
        try await get(key, tags: []).entry.get()
    }

    /// Stores an entry with the current stamps.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - entry: The entry.
    ///   - ttl: The lifetime of the entry on the server; nil keeps it until it is removed or evicted.
    /// - Throws: The reason why the entry may not be stored.
    public func set(_ key: String, _ entry: CacheEntry, ttl: Duration?) async throws {
        guard format != .json else { return try await setPlain(key, entry, ttl: ttl) }
        // The entry gets the current stamp of the cache, which is nearly always the last seen one. So the entry is
        // written with that one first, and the stamp is read in the same round trip.
        if entry.tags.isEmpty {
            let guess = lastVersion.load(ordering: .relaxed)
            if guess != 0 {
                let bytes = try encoded(key, entry, stamps: EntryStamps(cache: guess, takenAt: 0))
                let replies = try await client.send([
                    setCommand(key, bytes, ttl), RedisCommand("GET", .text(keyspace.versionKey)),
                ])
                try Self.check(replies[0])
                if Self.stamp(replies[1]) == guess { return }
            }
        }
        let stamps = try await stamps(of: entry.tags)
        // Always stored: no tag is added that is not in the stamps.
        _ = try await store(key, entry, ttl: ttl, stamps: stamps)
    }

    /// Removes the entry of a key.
    ///
    /// - Parameter key: The key.
    /// - Returns: Whether there was an entry, valid or not.
    /// - Throws: The reason why the entry may still be there.
    public func delete(_ key: String) async throws -> Bool {
        let reply = try await client.send(RedisCommand("UNLINK", .text(keyspace.key(key))))
        guard case .integer(let count) = reply else { throw RedisError.unexpectedReply(to: "UNLINK", reply.kind) }
        return count > 0
    }

    /// Returns whether there is a valid entry under a key.
    ///
    /// - Parameter key: The key.
    /// - Returns: Whether there is a valid entry.
    /// - Throws: The reason why that is unknown.
    public func has(_ key: String) async throws -> Bool {
        // `EXISTS` is enough for most keys, which are absent. An entry that exists may have been invalidated.
        let reply = try await client.send(RedisCommand("EXISTS", .text(keyspace.key(key))))
        guard case .integer(let count) = reply else { throw RedisError.unexpectedReply(to: "EXISTS", reply.kind) }
        guard count > 0 else { return false }
        return try await get(key) != nil
    }

    /// Returns the command that stores bytes.
    func setCommand(_ key: String, _ bytes: [UInt8], _ ttl: Duration?) -> RedisCommand {
        let key = keyspace.key(key)
        guard let milliseconds = Self.milliseconds(ttl) else {
            return RedisCommand(words: 3) { writer in
                writer.write("SET")
                writer.write(key)
                writer.write(bytes)
            }
        }
        return RedisCommand(words: 5) { writer in
            writer.write("SET")
            writer.write(key)
            writer.write(bytes)
            writer.write("PX")
            writer.write(milliseconds)
        }
    }

    /// Returns a lifetime in whole milliseconds, at least one, which is the minimum of the server; nil for none, and for
    /// one of more than a thousand years.
    static func milliseconds(_ ttl: Duration?) -> Int64? {
        guard let ttl else { return nil }
        let (seconds, attoseconds) = ttl.components
        // A thousand years: the server adds its time, and refuses a sum that overflows.
        guard seconds < 31_557_600_000 else { return nil }
        guard seconds >= 0 else { return 1 }
        let rounded = attoseconds / 1_000_000_000_000_000 + (attoseconds % 1_000_000_000_000_000 > 0 ? 1 : 0)
        return max(1, seconds * 1000 + rounded)
    }

    static func check(_ reply: RESPValue) throws {
        if case .error(let error) = reply { throw RedisError.server(error) }
    }

    /// Returns the encoding of an entry with its stamps.
    ///
    /// The stamp of the cache is stored as that of a tag with the empty name, which no tag has.
    func encoded(_ key: String, _ entry: CacheEntry, stamps: EntryStamps) throws -> [UInt8] {
        let stamped = CacheEntry(
            value: entry.value,
            createdAt: entry.createdAt,
            freshUntil: entry.freshUntil,
            expiresAt: entry.expiresAt,
            tags: [""] + entry.tags,
            tagStamps: [stamps.cache] + entry.tags.map { stamps.stamp(of: $0) ?? 0 },
            loadDuration: entry.loadDuration
        )
        return try checkSize(key, stamped.encoded(for: keyspace.key(key), preferring: format == .cbor ? 2 : 1))
    }

    func checkSize(_ key: String, _ bytes: [UInt8]) throws -> [UInt8] {
        guard bytes.count <= maximumEntrySize else {
            throw RedisRefusal(
                description: "the entry has \(bytes.count) bytes, and at most \(maximumEntrySize) are accepted"
            )
        }
        return bytes
    }
}

/// Reads of many keys in one round trip.
extension RedisBackend: BatchReadingBackend {
    /// Returns the entries of several keys.
    ///
    /// - Parameter keys: The keys.
    /// - Returns: The entries in the order of the keys; nil for a key without a valid entry.
    /// - Throws: The first error.
    public func get(_ keys: [String]) async throws -> [CacheEntry?] {
        // One pipelined command for each key: a single command for all would block the server for other clients.
        try await withThrowingTaskGroup(of: (Int, CacheEntry?).self) { group in
            for (index, key) in keys.enumerated() {
                group.addTask { (index, try await self.get(key)) }
            }
            var entries = [CacheEntry?](repeating: nil, count: keys.count)
            for try await (index, entry) in group { entries[index] = entry }
            return entries
        }
    }
}
