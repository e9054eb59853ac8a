// SPDX-License-Identifier: Apache-2.0

internal import Caching
internal import RedisClient

/// Entries as plain JSON, which programs in other languages can read and write.
extension RedisBackend {
    /// The identifier of the JSON codec.
    private static let json: UInt8 = 1

    func getPlain(_ key: String) async throws -> StampedRead {
        let stored = keyspace.key(key)
        let replies = try await client.send([
            RedisCommand("GET", .text(stored)), RedisCommand("PTTL", .text(stored)),
        ])
        for reply in replies { try Self.check(reply) }
        let none = EntryStamps(cache: 0, takenAt: 0)
        guard case .bulk(let bytes) = replies[0], case .integer(let milliseconds) = replies[1], milliseconds != -2
        else {
            return StampedRead(entry: .success(nil), stamps: none)
        }
        let wall = clock.wallTimeMicroseconds
        let end = milliseconds < 0 ? nil : wall + max(1, min(milliseconds, .max / 4000)) * 1000
        let entry = CacheEntry(
            value: EncodedValue(bytes, codecID: Self.json),
            createdAt: 0,
            freshUntil: end,
            expiresAt: end,
            tags: []
        )
        return StampedRead(entry: .success(entry), stamps: none)
    }

    func setPlain(_ key: String, _ entry: CacheEntry, ttl: Duration?) async throws {
        guard entry.tags.isEmpty else {
            throw RedisRefusal(description: "entries in plain JSON have no tags; use `format: envelope` for this cache")
        }
        guard entry.value.codecID == Self.json else {
            throw RedisRefusal(
                description: "the cache stores plain JSON, but the function has another codec; "
                    + "use `format: envelope` for this cache"
            )
        }
        // Plain JSON cannot mark a value as stale, so the lifetime ends where the stale window begins.
        let fresh = entry.freshUntil.map { Duration.microseconds($0 - clock.wallTimeMicroseconds) }
        let lifetime = [ttl, fresh].compactMap { $0 }.min()
        if let lifetime, lifetime <= .zero {
            // The set replaces an older value even if the new one has expired already.
            _ = try await delete(key)
            return
        }
        _ = try await client.send(setCommand(key, checkSize(key, entry.value.encoded()), lifetime))
    }
}
