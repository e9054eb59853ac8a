// SPDX-License-Identifier: Apache-2.0

public import Caching
internal import RedisClient

/// Removal of many entries.
extension RedisBackend {
    /// Keys that are removed by one command: few enough that nobody else waits long.
    private static var batch: Int { 500 }

    /// Removes the entries whose keys match, by a scan of the database and in many steps.
    ///
    /// - Parameter pattern: The pattern.
    /// - Returns: How many entries were removed.
    /// - Throws: The reason why some may still be there.
    /// - Complexity: O(keys in the database), unless the pattern is a key.
    public func invalidate(_ pattern: KeyPattern) async throws -> Int {
        if pattern.isLiteral { return try await delete(pattern.text) ? 1 : 0 }
        var count = 0
        try await scan(keyspace.glob(pattern)) { keys in
            // The server's stars also match what the pattern's do not.
            let matching = keys.filter { key in
                keyspace.isOfCache(key)
                    && pattern.matches(String(key.utf8.dropFirst(keyspace.prefix.utf8.count)) ?? key)
            }
            count += try await unlink(matching)
        }
        return count
    }

    /// Removes everything, in one step.
    ///
    /// The stored entries belong to a state that is over then.
    ///
    /// It is freed in the background. Plain JSON belongs to no state, so that all of its keys have to be found.
    ///
    /// - Throws: The reason why it may still be there.
    public func clear() async throws {
        guard format != .json else {
            try await scan(keyspace.everything) { _ = try await unlink($0.filter(keyspace.isOfCache)) }
            return
        }
        let reply = try await client.run(StampScripts.change, keys: [keyspace.versionKey], arguments: [.integer(0)])
        if let version = Self.stamp(reply) { note(version: version) }
        sweeps.send()
    }

    /// Frees the entries that belong to a state of the cache that is over.
    ///
    /// - Returns: The number of entries that were freed.
    /// - Complexity: O(keys on the server), some thousand of them at a time.
    @discardableResult
    package func sweep() async throws -> Int {
        guard let version = Self.stamp(try await client.send(RedisCommand("GET", .text(keyspace.versionKey)))) else {
            return 0
        }
        var count = 0
        try await scan(keyspace.everything) { keys in
            for start in stride(from: 0, to: keys.count, by: Self.batch) {
                let part = keys[start..<min(start + Self.batch, keys.count)].filter(keyspace.isOfCache)
                let ends = part.map { ($0, Self.stampEnd + Int64($0.utf8.count)) }
                let replies = try await client.send(
                    ends.map { RedisCommand("GETRANGE", .text($0), 0, .integer($1)) }
                )
                let over = zip(ends, replies).filter { Self.version(of: $1).map { $0 < version } ?? false }
                guard !over.isEmpty else { continue }
                // Only what is still what was seen: a new entry may have come meanwhile.
                let stamps = over.flatMap { end, reply in
                    [RedisArgument.integer(end.1 - 7), .bytes(Array((reply.bytes ?? []).suffix(8)))]
                }
                let reply = try await client.run(StampScripts.free, keys: over.map(\.0.0), arguments: stamps)
                if case .integer(let number) = reply { count += Int(number) }
            }
        }
        return count
    }

    /// The place of the last byte of the first stamp in an envelope, less the length of the key.
    private static let stampEnd: Int64 = 62

    /// Returns the stamp at the end of the beginning of an envelope; nil when it is none that this version knows.
    private static func version(of reply: RESPValue) -> UInt64? {
        // An entry of a newer version has its stamp elsewhere, and what somebody else has written has none.
        guard case .bulk(let bytes) = reply, bytes.count > stampEnd, bytes.starts(with: envelope) else { return nil }
        return bytes.suffix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The first bytes of an envelope, with its format.
    private static let envelope: [UInt8] = [0x53, 0x43, 2]

    private func unlink(_ keys: [String]) async throws -> Int {
        var count = 0
        for start in stride(from: 0, to: keys.count, by: Self.batch) {
            let part = keys[start..<min(start + Self.batch, keys.count)].map { RedisArgument.text($0) }
            guard case .integer(let number) = try await client.send(RedisCommand([.text("UNLINK")] + part)) else {
                continue
            }
            count += Int(number)
        }
        return count
    }

    /// Calls a closure with the keys that match, some hundred at a time; a key may come twice.
    private func scan(_ glob: String, _ body: ([String]) async throws -> Void) async throws {
        var cursor: [UInt8] = [UInt8(ascii: "0")]
        repeat {
            let reply = try await client.send(
                RedisCommand("SCAN", .bytes(cursor), "MATCH", .text(glob), "COUNT", 1000)
            )
            guard let parts = reply.elements, parts.count == 2, let next = parts[0].bytes, let keys = parts[1].elements
            else { throw RedisError.unexpectedReply(to: "SCAN", reply.kind) }
            cursor = next
            // What is no text is no key of a cache.
            let texts = keys.compactMap { $0.bytes.flatMap { String(validating: $0, as: UTF8.self) } }
            if !texts.isEmpty { try await body(texts) }
        } while cursor != [UInt8(ascii: "0")]
    }
}
