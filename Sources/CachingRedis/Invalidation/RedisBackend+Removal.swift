// SPDX-License-Identifier: Apache-2.0

public import Caching
internal import RedisClient

/// Removal of many entries.
extension RedisBackend {
    /// The maximum number of keys of a command, which bounds the time that it blocks the server.
    private static var batch: Int { 500 }

    /// Removes the entries whose keys match a pattern, with a scan of the database in many steps.
    ///
    /// - Parameter pattern: The pattern.
    /// - Returns: The number of removed entries.
    /// - Throws: The reason why matching entries may remain.
    /// - Complexity: O(*n*), where *n* is the number of keys in the database; O(1) if the pattern is a single key.
    public func invalidate(_ pattern: KeyPattern) async throws -> Int {
        if pattern.isLiteral { return try await delete(pattern.text) ? 1 : 0 }
        var count = 0
        try await scan(keyspace.glob(pattern)) { keys in
            // A star of the glob pattern matches more than that of the pattern.
            let matching = keys.filter { key in
                keyspace.isEntryKey(key)
                    && pattern.matches(String(key.utf8.dropFirst(keyspace.prefix.utf8.count)) ?? key)
            }
            count += try await unlink(matching)
        }
        return count
    }

    /// Removes all entries in one step.
    ///
    /// A new stamp of the cache invalidates all stored entries, whose memory is freed in the background. Plain JSON has no
    /// stamps, so its keys are scanned and removed.
    ///
    /// - Throws: The reason why entries may remain.
    public func clear() async throws {
        guard format != .json else {
            try await scan(keyspace.everything) { _ = try await unlink($0.filter(keyspace.isEntryKey)) }
            return
        }
        let reply = try await client.run(StampScripts.change, keys: [keyspace.versionKey], arguments: [.integer(0)])
        if let version = Self.stamp(reply) { remember(version: version) }
        sweeps.send()
    }

    /// Frees the entries that were invalidated by clearing the cache.
    ///
    /// - Returns: The number of freed entries.
    /// - Throws: The reason why invalidated entries may remain.
    /// - Complexity: O(*n*), where *n* is the number of keys in the database, which are scanned in steps of a thousand.
    @discardableResult
    package func sweep() async throws -> Int {
        guard let version = Self.stamp(try await client.send(RedisCommand("GET", .text(keyspace.versionKey)))) else {
            return 0
        }
        var count = 0
        try await scan(keyspace.everything) { keys in
            for start in stride(from: 0, to: keys.count, by: Self.batch) {
                let part = keys[start..<min(start + Self.batch, keys.count)].filter(keyspace.isEntryKey)
                let ends = part.map { ($0, Self.stampEnd + Int64($0.utf8.count)) }
                let replies = try await client.send(
                    ends.map { RedisCommand("GETRANGE", .text($0), 0, .integer($1)) }
                )
                let over = zip(ends, replies).filter { Self.version(of: $1).map { $0 < version } ?? false }
                guard !over.isEmpty else { continue }
                // The script compares the stamps again, because a new entry may have been stored since.
                let stamps = over.flatMap { end, reply in
                    [RedisArgument.integer(end.1 - 7), .bytes(Array((reply.bytes ?? []).suffix(8)))]
                }
                let reply = try await client.run(StampScripts.free, keys: over.map(\.0.0), arguments: stamps)
                if case .integer(let number) = reply { count += Int(number) }
            }
        }
        return count
    }

    /// The offset of the last byte of the first stamp in an envelope, without the length of the key.
    private static let stampEnd: Int64 = 62

    /// Returns the stamp at the end of the first bytes of an envelope; nil if they are of another format.
    private static func version(of reply: RESPValue) -> UInt64? {
        // Newer formats may have the stamp elsewhere, and values of other programs have none.
        guard case .bulk(let bytes) = reply, bytes.count > stampEnd, bytes.starts(with: envelope) else { return nil }
        return bytes.suffix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The magic bytes and the format number of an envelope.
    private static let envelope: [UInt8] = [0x53, 0x43, 2]

    private func unlink(_ keys: [String]) async throws -> Int {
        var count = 0
        for start in stride(from: 0, to: keys.count, by: Self.batch) {
            let part = keys[start..<min(start + Self.batch, keys.count)].map { RedisArgument.text($0) }
            let reply = try await client.send(RedisCommand([.text("UNLINK")] + part))
            guard case .integer(let number) = reply else { throw RedisError.unexpectedReply(to: "UNLINK", reply.kind) }
            count += Int(number)
        }
        return count
    }

    /// Calls a closure with batches of keys that match a glob pattern; a key may occur twice.
    private func scan(_ glob: String, _ body: ([String]) async throws -> Void) async throws {
        var cursor: [UInt8] = [UInt8(ascii: "0")]
        repeat {
            let reply = try await client.send(
                RedisCommand("SCAN", .bytes(cursor), "MATCH", .text(glob), "COUNT", 1000)
            )
            guard let parts = reply.elements, parts.count == 2, let next = parts[0].bytes, let keys = parts[1].elements
            else { throw RedisError.unexpectedReply(to: "SCAN", reply.kind) }
            cursor = next
            // Keys of a cache are valid UTF-8.
            let texts = keys.compactMap { $0.bytes.flatMap { String(validating: $0, as: UTF8.self) } }
            if !texts.isEmpty { try await body(texts) }
        } while cursor != [UInt8(ascii: "0")]
    }
}
