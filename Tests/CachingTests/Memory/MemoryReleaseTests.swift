// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import Testing

/// The state of a memory backend after `shutdown()`.
@Suite("Memory after its end")
struct MemoryReleaseTests {
    private static let capacities: [MemoryCapacity] = [
        .entries(1), .entries(100), .entries(10_000), .cost(10_000) { _, _ in 3 },
    ]

    private let clock = ManualClock()

    private func checkInvariants(_ backend: MemoryBackend) throws {
        #if CACHING_INVARIANTS
            try backend.checkInvariants()
        #endif
    }

    @Test(arguments: capacities)
    func `after a shutdown, all operations find nothing`(capacity: MemoryCapacity) async throws {
        let backend = MemoryBackend(capacity: capacity, clock: clock)
        for number in 0..<1000 { backend.insert(number, for: "k:\(number)", ttl: .seconds(1 + number)) }
        for _ in 0..<2 {
            await backend.shutdown()
            #expect(backend.count == 0)
            #expect(backend.cost == 0)
            #expect(backend.value(for: "k:999", as: Int.self) == nil)
            #expect(await backend.get("k:999") == nil)
            #expect(await backend.delete("k:999") == false)
            #expect(await backend.invalidate("k:*") == 0)
            #expect(await backend.invalidate(tag: "t") == 0)
            clock.advance(by: .seconds(10))
            backend.sweep()
            await backend.clear()
            #expect(backend.count == 0)
        }
        try checkInvariants(backend)
    }

    @Test(arguments: capacities)
    func `after a shutdown, the capacity is the same as before`(capacity: MemoryCapacity) async throws {
        let backend = MemoryBackend(capacity: capacity, clock: clock)
        backend.insert(1, for: "before")
        for _ in 0..<2 {
            await backend.shutdown()
            for number in 0..<20_000 { backend.insert(number, for: "k:\(number)", ttl: .seconds(60)) }
            #expect(backend.cost <= capacity.limit)
            #expect(backend.cost >= capacity.limit * 9 / 10)
            #expect(backend.value(for: "before", as: Int.self) == nil)
            try checkInvariants(backend)
        }
        backend.resize(to: 50)
        #expect(backend.cost <= 50)
        await backend.shutdown()
        backend.resize(to: 5000)
        for number in 0..<20_000 { backend.insert(number, for: "k:\(number)") }
        #expect(backend.cost <= 5000)
        try checkInvariants(backend)
    }

    @Test func `after a shutdown, an entry that needs capacity of all shards is stored`() async throws {
        let backend = MemoryBackend(capacity: .cost(8192) { _, value in value as? Int ?? 1 }, clock: clock)
        backend.insert(8000, for: "large")
        await backend.shutdown()
        try checkInvariants(backend)
        await backend.shutdown()
        #expect(backend.insert(8000, for: "large"))
        #expect(backend.value(for: "large") == 8000)
        try checkInvariants(backend)
    }

    /// `Tests/run --sanitize` runs it under the thread sanitizer.
    @Test func `other threads may read and write during a shutdown`() async throws {
        let backend = MemoryBackend(capacity: .entries(4000), clock: clock)
        let keys = 2000
        let wrong = Counter()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<2 {
                group.addTask {
                    var random = SeededGenerator(seed: UInt64(task))
                    for _ in 0..<20_000 {
                        let number = Int.random(in: 0..<keys, using: &random)
                        if let value = backend.value(for: "k:\(number)", as: [Int].self), value != [number] {
                            wrong.add(1)
                        }
                    }
                }
            }
            group.addTask {
                for round in 0..<30 {
                    for number in 0..<keys / 10 {
                        let key = (number * 7 + round) % keys
                        backend.insert([key], for: "k:\(key)")
                    }
                    for _ in 0..<600 { _ = backend.value(for: "k:0", as: [Int].self) }
                    await backend.shutdown()
                }
            }
            try await group.waitForAll()
        }
        #expect(wrong.value == 0)
        #expect(backend.count == 0)
        try checkInvariants(backend)
    }
}
