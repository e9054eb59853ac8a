// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import Testing

@Suite("A memory backend that is resized")
struct MemoryResizeTests {
    private let clock = ManualClock()

    private func checkInvariants(_ backend: MemoryBackend) throws {
        #if CACHING_INVARIANTS
            try backend.checkInvariants()
        #endif
    }

    @Test(arguments: [1, 10, 3000, 20_000])
    func holdsNoMoreThanItsNewBound(capacity: Int) throws {
        let backend = MemoryBackend(capacity: .entries(capacity), clock: clock)
        var stored = 0
        for limit in [capacity / 2, 1, 0, -5, 7, 100, capacity, capacity * 2, 3, 63] {
            backend.resize(to: limit)
            #expect(backend.count <= max(1, limit))
            for _ in 0..<max(500, min(3 * limit, 5000)) {
                backend.insert(stored, for: "key:\(stored)")
                #expect(backend.value(for: "key:\(stored)") == stored)
                stored += 1
            }
            #expect(backend.count <= max(1, limit))
            #expect(backend.count >= min(limit, 5000) * 8 / 10)
            try checkInvariants(backend)
        }
    }

    @Test func `it grows beyond its first capacity`() throws {
        let backend = MemoryBackend(capacity: .entries(10), clock: clock)
        backend.resize(to: 20_000)
        for number in 0..<20_000 { backend.insert(number, for: "key:\(number)") }
        #expect(backend.count == 20_000)
        #expect((0..<20_000).allSatisfy { (number: Int) in backend.value(for: "key:\(number)") == number })
        try checkInvariants(backend)
    }

    @Test func keepsWhatIsReadOften() {
        let backend = MemoryBackend(capacity: .entries(1000), clock: clock)
        for number in 0..<1000 { backend.insert(number, for: "key:\(number)") }
        for _ in 0..<3 { for number in 0..<50 { _ = backend.value(for: "key:\(number)", as: Int.self) } }
        backend.resize(to: 100)
        #expect((0..<50).allSatisfy { (number: Int) in backend.value(for: "key:\(number)") == number })
    }

    @Test func `a capacity by cost stays one after a resize`() throws {
        let backend = MemoryBackend(capacity: .cost(10_000) { _, value in value as? Int ?? 1 }, clock: clock)
        for number in 0..<1000 { backend.insert(20, for: "key:\(number)") }
        for limit in [5000, 100, 20, 10, 1, 50_000] {
            backend.resize(to: limit)
            #expect(backend.cost <= limit)
            try checkInvariants(backend)
        }
        for number in 0..<1000 { backend.insert(20, for: "key:\(number)") }
        #expect(backend.cost == 20_000)
        try checkInvariants(backend)
    }

    @Test func `entries beyond a smaller capacity are reported as evicted`() async throws {
        let backend = MemoryBackend(capacity: .entries(100), clock: clock)
        let manager = CacheManager(backend: backend, clock: clock)
        let events = manager.events()
        for number in 0..<100 { try await manager.set("key:\(number)", number) }
        backend.resize(to: 40)
        #expect(manager.statistics.evictionsBySize == 60)
        let evicted = await events.first { if case .evicted(.size) = $0.kind { true } else { false } }
        #expect(evicted?.key?.hasPrefix("key:") == true)
        await manager.shutdown()
    }

    /// Values are released after the lock of the capacity.
    @Test(arguments: [false, true])
    func `the deinit of a value may use the cache during a resize`(hasCosts: Bool) async throws {
        let clock = clock
        let releases = Releases()
        let backend = MemoryBackend(
            capacity: hasCosts ? .cost(4096) { _, value in value is Int ? 4096 : 64 } : .entries(64),
            clock: clock
        )
        func fill() {
            for number in 0..<60 {
                let value = Releases.Value(releases) { [weak backend] in
                    backend?.resize(to: 4096)
                    backend?.insert("small", for: "from deinit")
                    _ = backend?.count
                }
                backend.insert(value, for: "key:\(number)")
            }
        }
        fill()
        backend.resize(to: 1)
        backend.resize(to: 4096)
        fill()
        // Larger than the share of a shard, so that it borrows capacity of all shards.
        backend.insert(1, for: "large")
        await backend.clear()
        await releases.wait(for: 120)
        try checkInvariants(backend)
    }
}
