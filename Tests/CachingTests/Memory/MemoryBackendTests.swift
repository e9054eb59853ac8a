// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import Testing

@Suite("The memory backend")
struct MemoryBackendTests {
    private let clock = ManualClock()

    private func entry(_ value: Int, tags: [String] = []) -> CacheEntry {
        CacheEntry(value, codec: .json, createdAt: 0, expiresAt: nil, tags: tags)
    }

    private func value(_ backend: MemoryBackend, _ key: String) async throws -> Int? {
        try await backend.get(key)?.value(as: Int.self, codec: .json)
    }

    @Test(arguments: [1, 2, 10, 511, 1024, 10_000])
    func theCapacityIsNeverExceeded(capacity: Int) async throws {
        let backend = MemoryBackend(capacity: .entries(capacity), clock: clock)
        for number in 0..<(capacity * 2 + 100) {
            try await backend.set("key:\(number)", entry(number), ttl: nil)
            if number % 97 == 0 { #expect(backend.count <= capacity) }
        }
        #expect(backend.count <= capacity)
        #expect(backend.count >= capacity * 9 / 10)
    }

    @Test func theCapacityIsNotExceededByTasksThatInsertAtOnce() async throws {
        let backend = MemoryBackend(capacity: .entries(1000), clock: clock)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<4 {
                group.addTask {
                    for number in 0..<5000 {
                        try await backend.set("\(task):\(number)", entry(number), ttl: nil)
                        if number % 500 == 0 { #expect(backend.count <= 1000) }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(backend.count <= 1000)
    }

    @Test func replacingAKeyDoesNotGrowTheStore() async throws {
        let backend = MemoryBackend(capacity: .entries(2), clock: clock)
        for number in 0..<100 { try await backend.set("one", entry(number), ttl: nil) }
        try await backend.set("two", entry(2), ttl: nil)
        #expect(try await value(backend, "one") == 99)
        #expect(backend.count == 2)
    }

    @Test func aScanDoesNotEvictWhatIsReadAgainAndAgain() async throws {
        let setup = MemorySetup(capacity: 100)
        for key in 0..<50 { try await setup.manager.set("hot:\(key)", key) }
        for round in 0..<5 {
            for _ in 0..<2 {
                for key in 0..<50 { _ = try await setup.manager.get("hot:\(key)", as: Int.self) }
            }
            for key in 0..<200 { try await setup.manager.set("scan:\(round):\(key)", key) }
        }
        var alive = 0
        for key in 0..<50 where try await setup.manager.has("hot:\(key)") { alive += 1 }
        #expect(alive >= 45)
    }

    @Test func expiredEntriesAreFreedByWritesWithoutBeingRead() async throws {
        let backend = MemoryBackend(capacity: .entries(500), clock: clock)
        for number in 0..<400 { try await backend.set("old:\(number)", entry(number), ttl: .seconds(1)) }
        clock.advance(by: .seconds(2))
        for _ in 0..<400 { try await backend.set("new", entry(0), ttl: nil) }
        #expect(backend.count < 10)
    }

    @Test func expiredEntriesAreFreedByMaintenanceWithoutWrites() async throws {
        let backend = MemoryBackend(clock: clock)
        for number in 0..<1000 { try await backend.set("old:\(number)", entry(number), ttl: .seconds(1)) }
        backend.sweep()
        #expect(backend.count == 1000)
        clock.advance(by: .seconds(2))
        backend.sweep()
        #expect(backend.count == 0)
    }

    @Test func `a manager frees expired entries of its backends until it is cancelled`() async throws {
        let backend = MemoryBackend(clock: clock)
        let manager = CacheManager(backend: backend, clock: clock)
        try await manager.set("old", 1, ttl: 1)
        let run = Task { await manager.run() }
        await clock.waitForSleepers(1)
        clock.advance(by: .seconds(2))
        // The next round sleeps after this one has ended.
        await clock.waitForSleepers(1)
        #expect(backend.count == 0)
        run.cancel()
        await run.value
    }

    @Test func `a configured manager frees expired entries until it is shut down`() async throws {
        let manager = try await CacheManager.make(["default": [:]], clock: clock)
        try await manager.set("old", 1, ttl: 1)
        manager.startBackgroundWork()
        await clock.waitForSleepers(1)
        clock.advance(by: .seconds(2))
        await clock.waitForSleepers(1)
        #expect(manager.statistics.evictionsByExpiry == 1)
        await manager.shutdown()
    }

    @Test func evictionsAreCountedByReasonAndReported() async throws {
        let setup = MemorySetup(capacity: 10)
        let events = setup.manager.events()
        for key in 0..<11 { try await setup.manager.set("k:\(key)", key, ttl: key < 5 ? 1 : 100) }
        #expect(setup.manager.statistics.evictionsBySize == 1)
        let evicted = await events.first { if case .evicted(.size) = $0.kind { true } else { false } }
        #expect(evicted?.key?.hasPrefix("k:") == true)
        setup.clock.advance(by: .seconds(2))
        for key in 20..<30 { try await setup.manager.set("k:\(key)", key) }
        let statistics = setup.manager.statistics
        #expect(statistics.evictionsByExpiry >= 4)
        #expect(statistics.invalidations == 0)
        try await setup.manager.delete("k:20")
        #expect(setup.manager.statistics.evictions == statistics.evictions)
    }

    /// A listener that each eviction wraps once more would overflow the stack.
    @Test func aHundredThousandEvictionsCostNoMoreThanTheFirst() async throws {
        let setup = MemorySetup(capacity: 1)
        let events = setup.manager.events(limit: 2)
        for number in 0..<100_000 { try await setup.manager.set("key:\(number)", 0) }
        #expect(setup.manager.statistics.evictionsBySize == 99_999)
        await setup.manager.shutdown()
        for await _ in events {}
    }

    @Test func `a value is released outside of the lock, so its deinit may use the cache`() async throws {
        final class Caller: Sendable {
            let body: @Sendable () -> Void
            init(_ body: @escaping @Sendable () -> Void) { self.body = body }
            deinit { body() }
        }
        let backend = MemoryBackend(capacity: .entries(1), clock: clock)
        let released = CallCounter()
        let codec = CacheCodec<Caller>(encode: { _ in [] }, decode: { _ in throw SourceFailure() })
        for number in 0..<5 {
            let caller = Caller {
                released.increment()
                _ = backend.count
            }
            let entry = CacheEntry(caller, codec: codec, createdAt: 0, expiresAt: nil)
            try await backend.set("key:\(number % 2)", entry, ttl: nil)
        }
        await backend.clear()
        #expect(released.count == 5)
    }

    /// Compares sets, reads, removals, patterns, tags and expiry with a dictionary, without evictions.
    @Test(arguments: [UInt64.random(in: 0 ... .max), 1, 2])
    func itAgreesWithADictionary(seed: UInt64) async throws {
        struct Expected {
            var value: Int
            var expiresAt: Int64
            var tag: String
        }
        var random = SeededGenerator(seed: seed)
        let backend = MemoryBackend(capacity: .entries(5000), clock: clock)
        var model: [String: Expected] = [:]
        for step in 0..<20_000 {
            let key = "k\(Int.random(in: 0..<20, using: &random)):\(Int.random(in: 0..<20, using: &random))"
            let now = clock.now.nanoseconds
            let expected = model[key].flatMap { $0.expiresAt > now ? $0 : nil }
            switch Int.random(in: 0..<100, using: &random) {
            case 0..<40:
                let seconds = Int.random(in: 1...50, using: &random)
                let tag = "t\(Int.random(in: 0..<5, using: &random))"
                try await backend.set(key, entry(step, tags: [tag]), ttl: .seconds(seconds))
                model[key] = Expected(value: step, expiresAt: now + Int64(seconds) * 1_000_000_000, tag: tag)
            case 40..<80:
                let found = try await value(backend, key)
                #expect(found == expected?.value, "seed \(seed), step \(step)")
            case 80..<90:
                let existed = await backend.delete(key)
                #expect(existed == (expected != nil), "seed \(seed), step \(step)")
                model[key] = nil
            case 90..<95:
                clock.advance(by: .seconds(Int.random(in: 0...10, using: &random)))
            case 95..<98:
                let pattern = KeyPattern("k\(Int.random(in: 0..<20, using: &random)):*")
                let alive = model.filter { pattern.matches($0.key) && $0.value.expiresAt > now }.count
                let removed = await backend.invalidate(pattern)
                #expect(removed == alive, "seed \(seed), step \(step)")
                model = model.filter { !pattern.matches($0.key) }
            default:
                let tag = "t\(Int.random(in: 0..<5, using: &random))"
                let alive = model.values.filter { $0.tag == tag && $0.expiresAt > now }.count
                let removed = await backend.invalidate(tag: tag)
                #expect(removed == alive, "seed \(seed), step \(step)")
                model = model.filter { $0.value.tag != tag }
            }
        }
    }

    @Test func tasksThatChangeOneStoreAtOnceLeaveItIntact() async throws {
        let backend = MemoryBackend(capacity: .entries(256), clock: SystemCacheClock())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<4 {
                group.addTask {
                    var random = SeededGenerator(seed: UInt64(task))
                    for step in 0..<3000 {
                        let key = "k:\(Int.random(in: 0..<400, using: &random))"
                        switch step % 8 {
                        case 0..<3: try await backend.set(key, entry(step), ttl: step % 16 == 0 ? .nanoseconds(1) : nil)
                        case 3: await backend.delete(key)
                        case 4 where step % 200 == 4: await backend.invalidate("k:1*")
                        case 5 where step % 1000 == 5: await backend.clear()
                        default: _ = await backend.get(key)
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(backend.count <= 256)
        for number in 0..<256 { try await backend.set("after:\(number)", entry(number), ttl: nil) }
        #expect(try await value(backend, "after:255") == 255)
    }
}
