// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import Testing

@Suite("A memory capacity by cost")
struct CostCapacityTests {
    private let clock = ManualClock()

    /// Creates a backend in which an integer costs its value.
    private func backend(_ limit: Int) -> MemoryBackend {
        MemoryBackend(capacity: .cost(limit) { _, value in value as? Int ?? 1 }, clock: clock)
    }

    private func checkInvariants(_ backend: MemoryBackend) throws {
        #if CACHING_INVARIANTS
            try backend.checkInvariants()
        #endif
    }

    @Test(arguments: [1, 10, 1000, 4096, 100_000])
    func isNeverExceeded(limit: Int) throws {
        let backend = backend(limit)
        var random = SeededGenerator(seed: 1)
        for number in 0..<3000 {
            backend.insert(Int.random(in: 1...max(1, limit / 10), using: &random), for: "key:\(number % 1000)")
            #expect(backend.cost <= limit)
        }
        #expect(backend.cost >= limit * 7 / 10)
        try checkInvariants(backend)
    }

    @Test func isNeverExceededByTasksThatStoreAtOnce() async throws {
        let backend = backend(8192)
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<2 {
                group.addTask {
                    var random = SeededGenerator(seed: UInt64(task))
                    for number in 0..<3000 {
                        let cost = number % 100 == 0 ? 5000 : Int.random(in: 1...100, using: &random)
                        backend.insert(cost, for: "\(task):\(number)")
                        #expect(backend.cost <= 8192)
                    }
                }
            }
        }
        try checkInvariants(backend)
    }

    @Test func `an entry larger than the whole capacity is refused and leaves nothing under its key`() async throws {
        let backend = backend(100)
        backend.insert(10, for: "key")
        let entry = CacheEntry(101, codec: .json, createdAt: 0, expiresAt: nil)
        let error = await #expect(throws: CacheError.self) { try await backend.set("key", entry, ttl: nil) }
        #expect(error == .entryTooLarge(key: "key", cost: 101, limit: 100))
        #expect(
            error?.description == "The entry under \"key\" costs 101, which is more than the memory cache holds "
                + "altogether (100), and is not stored. Raise the capacity, or store less under one key."
        )
        #expect(await backend.get("key") == nil)
        #expect(backend.cost == 0)
        #expect(!backend.insert(101, for: "other"))
        #expect(backend.insert(100, for: "other"))
        #expect(backend.cost == 100)
    }

    @Test func `a function returns a value that is too large, and an event reports it`() async throws {
        let manager = CacheManager(backend: backend(100), clock: clock)
        let events = manager.events()
        let answer = cached(ttl: 60, key: { "a:\($0)" }, manager: manager) { (cost: Int) async in cost }
        #expect(try await answer(500) == 500)
        let bypassed = await events.first { if case .bypassed = $0.kind { true } else { false } }
        #expect(bypassed?.key == "a:500")
        guard case .bypassed(let error) = bypassed?.kind else { return }
        #expect(error == .entryTooLarge(key: "a:500", cost: 500, limit: 100))
        #expect(try await !manager.has("a:500"))
        #expect(try await answer(5) == 5)
        #expect(try await manager.has("a:5"))
        await manager.shutdown()
    }

    @Test func `an entry larger than the share of a shard is stored if it fits the whole capacity`() async throws {
        let backend = backend(4096)
        for number in 0..<400 { backend.insert(10, for: "small:\(number)") }
        for cost in [1025, 2048, 4000, 4096] {
            #expect(backend.insert(cost, for: "large:\(cost)"))
            #expect(backend.value(for: "large:\(cost)") == cost)
            #expect(backend.cost <= 4096)
            try checkInvariants(backend)
        }
    }

    @Test func aShardGetsBackWhatItLent() throws {
        let backend = backend(4096)
        backend.insert(4096, for: "all")
        for number in 0..<20_000 { backend.insert(1, for: "small:\(number)") }
        try checkInvariants(backend)
        // All shards are full again, with the capacity of their shares.
        #expect(backend.cost >= 4000)
        #expect(backend.count >= 4000)
        #if CACHING_INVARIANTS
            #expect(backend.shardCapacities == [1024, 1024, 1024, 1024])
        #endif
    }

    @Test func costsBelowOneCountAsOne() {
        let backend = MemoryBackend(capacity: .cost(10) { _, _ in -5 }, clock: clock)
        for number in 0..<100 { backend.insert(number, for: "key:\(number)") }
        #expect(backend.count == 10)
        #expect(backend.cost == 10)
    }

    @Test func aCostBeyond32BitsCountsAsTheirMaximum() throws {
        let backend = backend(.max)
        #expect(backend.insert(Int.max, for: "a"))
        #expect(backend.insert(1 << 40, for: "b"))
        #expect(backend.cost == 2 * Int(UInt32.max))
        try checkInvariants(backend)
    }

    @Test func encodedBytesAreThoseOfKeyAndValue() async throws {
        let backend = MemoryBackend(capacity: .encodedBytes(100), clock: clock)
        try await backend.set("key", CacheEntry("12345", codec: .json, createdAt: 0, expiresAt: nil), ttl: nil)
        #expect(backend.cost == 3 + 5)
        let long = CacheEntry(String(repeating: "x", count: 100), codec: .json, createdAt: 0, expiresAt: nil)
        await #expect(throws: CacheError.entryTooLarge(key: "key", cost: 103, limit: 100)) {
            try await backend.set("key", long, ttl: nil)
        }
        #expect(backend.cost == 0)
    }

    @Test func `a value that cannot be encoded is not stored in a capacity of bytes`() async throws {
        let backend = MemoryBackend(capacity: .encodedBytes(1000), clock: clock)
        try await backend.set("key", CacheEntry(1, codec: .json, createdAt: 0, expiresAt: nil), ttl: nil)
        #expect(!backend.insert(2, for: "key"))
        #expect(await !backend.has("key"))
        let codec = CacheCodec<Int>(encode: { _ in throw SourceFailure() }, decode: { _ in throw SourceFailure() })
        try await backend.set("key", CacheEntry(1, codec: .json, createdAt: 0, expiresAt: nil), ttl: nil)
        await #expect(throws: (any Error).self) {
            try await backend.set("key", CacheEntry(3, codec: codec, createdAt: 0, expiresAt: nil), ttl: nil)
        }
        #expect(await !backend.has("key"))
        #expect(backend.cost == 0)
    }

    @Test func `a function returns a value that cannot be encoded, and an event reports it`() async throws {
        let manager = CacheManager(backend: MemoryBackend(capacity: .encodedBytes(1000), clock: clock), clock: clock)
        let events = manager.events()
        let codec = CacheCodec<Int>(encode: { _ in throw SourceFailure() }, decode: { _ in throw SourceFailure() })
        let answer = cached(ttl: 60, key: "answer", manager: manager, codec: codec) { () async in 42 }
        #expect(try await answer() == 42)
        let event = await events.first { if case .notEncodable = $0.kind { true } else { false } }
        #expect(event?.key == "answer")
        #expect(try await !manager.has("answer"))
        await manager.shutdown()
    }

    @Test func aReplacementThatCostsMoreMakesRoom() throws {
        let backend = backend(100)
        for number in 0..<10 { backend.insert(10, for: "key:\(number)") }
        #expect(backend.cost == 100)
        backend.insert(50, for: "key:3")
        #expect(backend.cost <= 100)
        backend.insert(1, for: "key:3")
        #expect(backend.cost <= 61)
        try checkInvariants(backend)
    }
}
