// SPDX-License-Identifier: Apache-2.0

import Caching
import Testing

/// Times that no clock returns, but damaged bytes may contain.
@Suite("Extreme times")
struct ExtremeTimesTests {
    private static let extremes: [Int64] = [.min, .min + 1, -1, 0, 1, 1_780_000_000_000_000, .max - 1, .max]

    private func entry(freshUntil: Int64?, expiresAt: Int64?, createdAt: Int64 = 0) -> CacheEntry {
        CacheEntry(
            value: ValueBox(1, codec: nil),
            createdAt: createdAt,
            freshUntil: freshUntil,
            expiresAt: expiresAt,
            tags: []
        )
    }

    private func store(_ entry: CacheEntry, ttl: Duration?, at now: Int64) async throws -> CacheEntry? {
        let backend = MemoryBackend(capacity: .entries(10), clock: SettableClock(nanoseconds: now))
        try await backend.set("key", entry, ttl: ttl)
        #if CACHING_INVARIANTS
            try backend.checkInvariants()
        #endif
        return await backend.get("key")
    }

    @Test func theStaleWindowOfAnEntrySaturates() {
        #expect(entry(freshUntil: .min, expiresAt: .max - 1).staleWindow == .microseconds(Int64.max))
        #expect(entry(freshUntil: .min, expiresAt: 0).staleWindow == .microseconds(Int64.max))
        #expect(entry(freshUntil: .max, expiresAt: .min).staleWindow == .zero)
        #expect(entry(freshUntil: 10, expiresAt: 30).staleWindow == .microseconds(20))
        #expect(entry(freshUntil: .min, expiresAt: nil).staleWindow == .zero)
    }

    @Test func `an entry with an endless stale window is stale until its TTL ends`() async throws {
        let clock = SettableClock(nanoseconds: 5_000_000_000)
        let backend = MemoryBackend(capacity: .entries(10), clock: clock)
        try await backend.set("key", entry(freshUntil: .min, expiresAt: .max - 1), ttl: .seconds(1))
        #expect(await backend.has("key"))
        #expect(backend.value(for: "key", as: Int.self) == nil)
        let found = try #require(await backend.get("key"))
        #expect(found.expiresAt == clock.wallTimeMicroseconds + 1_000_000)
        clock.nanoseconds += 1_000_000_000
        #expect(await backend.get("key") == nil)
    }

    @Test func noTimesTrap() async throws {
        for freshUntil in Self.extremes {
            for expiresAt in Self.extremes {
                for now in Self.extremes {
                    let entry = entry(freshUntil: freshUntil, expiresAt: expiresAt, createdAt: freshUntil)
                    let lifetimes: [Duration?] = [nil, .nanoseconds(1), .microseconds(expiresAt), .seconds(Int64.max)]
                    for ttl in lifetimes where ttl ?? .seconds(1) > .zero {
                        _ = try await store(entry, ttl: ttl, at: now)
                    }
                }
            }
        }
    }

    @Test(arguments: [UInt64.random(in: 0 ... .max), 1])
    func noRandomTimesTrap(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<2000 {
            func time() -> Int64 {
                Int64.random(in: .min ... .max, using: &random) >> Int64.random(in: 0...62, using: &random)
            }
            let (freshUntil, expiresAt, now, ttl) = (time(), time(), time(), time())
            _ = try await store(
                entry(freshUntil: freshUntil, expiresAt: expiresAt, createdAt: time()),
                ttl: .microseconds(max(1, ttl)),
                at: now
            )
        }
    }
}
