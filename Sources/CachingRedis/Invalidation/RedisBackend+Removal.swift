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

    /// Removes everything, in one step: what is stored belongs to a state that is over.
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
    func sweep() async throws -> Int {
        guard let version = Self.stamp(try await client.send(RedisCommand("GET", .text(keyspace.versionKey)))) else {
            return 0
        }
        var count = 0
        try await scan(keyspace.everything) { keys in
            for start in stride(from: 0, to: keys.count, by: Self.batch) {
                let part = keys[start..<min(start + Self.batch, keys.count)].filter(keyspace.isOfCache)
                let places = part.map { ($0, Self.stampOffset + Int64($0.utf8.count)) }
                let replies = try await client.send(
                    places.map { RedisCommand("GETRANGE", .text($0), .integer($1), .integer($1 + 7)) }
                )
                let over = zip(places, replies).filter { Self.version(of: $1).map { $0 < version } ?? false }
                guard !over.isEmpty else { continue }
                let stamps = over.flatMap { place, reply in
                    [RedisArgument.integer(place.1), .bytes(reply.bytes ?? [])]
                }
                let reply = try await client.run(StampScripts.free, keys: over.map(\.0.0), arguments: stamps)
                if case .integer(let number) = reply { count += Int(number) }
            }
        }
        return count
    }

    /// The place of the first stamp in an envelope, less the length of the key.
    private static let stampOffset: Int64 = 55

    /// Returns the stamp in eight bytes of an envelope; nil when there are fewer.
    private static func version(of reply: RESPValue) -> UInt64? {
        guard case .bulk(let bytes) = reply, bytes.count == 8 else { return nil }
        return bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

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
