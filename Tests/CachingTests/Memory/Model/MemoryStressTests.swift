// SPDX-License-Identifier: Apache-2.0

import Caching
import Testing

/// Random operations of two tasks at once, during and after which the invariants must hold.
///
/// `Tests/run --sanitize` runs it under the thread sanitizer.
@Suite("The memory backend under stress")
struct MemoryStressTests {
    private static let steps = 6000

    @Test(arguments: [
        MemoryModelShape.entries(300, keys: 1000), .entries(6000, keys: 9000), .cost(8192, keys: 3000),
    ])
    func staysIntact(shape: MemoryModelShape) async throws {
        let clock = SettableClock()
        let backend = MemoryBackend(capacity: shape.capacity, clock: clock)
        let seed = UInt64.random(in: 0 ... .max)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<2 as Range<UInt64> {
                group.addTask {
                    var random = SeededGenerator(seed: seed &+ task)
                    for step in 0..<Self.steps {
                        try await act(on: backend, shape, clock, &random)
                        if step % 3000 == 1500 { try checkInvariants(backend, seed) }
                    }
                }
            }
            try await group.waitForAll()
        }
        try checkInvariants(backend, seed)
        backend.resize(to: shape.limit)
        // The store fills up again after all changes of the capacity. The number of rounds depends on the threads: a large
        // entry with many hits stays for a while and leaves as much free capacity when it is evicted.
        var costs: [Int] = []
        while costs.count < 10, costs.last ?? 0 < shape.limit * 9 / 10 {
            for number in 0..<20_000 { backend.insert(1, for: "after:\(costs.count):\(number)") }
            costs.append(backend.cost)
        }
        #expect(costs.last ?? 0 >= shape.limit * 9 / 10, "seed \(seed), after each round \(costs)")
        #expect(backend.cost <= shape.limit, "seed \(seed)")
        try checkInvariants(backend, seed)
    }

    private func act(
        on backend: MemoryBackend,
        _ shape: MemoryModelShape,
        _ clock: SettableClock,
        _ random: inout SeededGenerator
    ) async throws {
        let number = Int.random(in: 0..<shape.keyCount, using: &random)
        // The value contains the number of the key and the cost.
        let key = "n\(number % 5):\(number)"
        switch Int.random(in: 0..<10_000, using: &random) {
        case 0..<4500:
            if let value = backend.value(for: key, as: Int.self) { try #require(value >> 20 == number) }
        case 4500..<5500:
            if let entry = await backend.get(key) {
                try #require(entry.value.unboxed(as: Int.self).map { $0 >> 20 } == number)
            }
        case 5500..<9000:
            let ttl = Int64.random(in: 0...3_000_000_000, using: &random)
            let entry = CacheEntry(
                value: ValueBox(number << 20 | shape.randomCost(of: shape.limit, &random), codec: nil),
                createdAt: 0,
                freshUntil: nil,
                expiresAt: nil,
                tags: ttl % 5 == 0 ? ["t\(number % 7)"] : []
            )
            do {
                try await backend.set(key, entry, ttl: ttl % 2 == 0 ? .nanoseconds(ttl + 1) : nil)
            } catch CacheError.entryTooLarge(_, let cost, let limit) {
                try #require(cost > limit)
            }
        case 9000..<9500: await backend.delete(key)
        case 9500..<9600: await backend.invalidate(KeyPattern("n\(number % 5):\(number % 10)*"))
        case 9600..<9650: await backend.invalidate(tag: "t\(number % 7)")
        case 9650..<9900: clock.nanoseconds += Int64.random(in: 0...20_000_000, using: &random)
        case 9900..<9950: backend.sweep()
        case 9950..<9990: backend.resize(to: max(1, shape.limit * Int.random(in: 0...20, using: &random) / 10))
        case 9990..<9994: await backend.clear()
        default: _ = backend.count
        }
    }

    private func checkInvariants(_ backend: MemoryBackend, _ seed: UInt64) throws {
        #if CACHING_INVARIANTS
            do { try backend.checkInvariants() } catch { Issue.record("seed \(seed): \(error)") }
        #endif
    }
}
