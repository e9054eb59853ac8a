// SPDX-License-Identifier: Apache-2.0

import AllocationCounter
import Caching
import Testing

@Suite("The hit path")
struct HitPathTests {
    /// Returns the allocations of this thread for each call.
    ///
    /// The counter belongs to one thread. A hit does not suspend, so it stays on its thread.
    private func allocations(_ calls: Int, _ body: () async throws -> Void) async throws -> Double {
        var least = UInt64.max
        for _ in 0..<5 {
            let start = allocation_counter_count()
            for _ in 0..<calls { try await body() }
            let end = allocation_counter_count()
            if end >= start { least = min(least, end - start) }
        }
        return Double(least) / Double(calls)
    }

    /// Whether allocations can be counted, which needs optimised code: `swift test -c release --filter HitPathTests`.
    private static var canCount: Bool {
        #if DEBUG
            false
        #else
            allocation_counter_is_available()
        #endif
    }

    @Test(.enabled(if: canCount, "counting allocations needs an optimised build, glibc, and no sanitizer"))
    func aHitAllocatesNothingBeyondItsKey() async throws {
        let manager = CacheManager()
        let short = cached(ttl: 60, key: { "users:\($0)" }, manager: manager) { (id: Int) async in [id] }
        let long = cached(ttl: 60, key: { "users:profiles:v2:\($0)" }, manager: manager) { (id: Int) async in [id] }
        let policy = CachePolicy(staleWhileRevalidate: .seconds(60))
        let stale = cached(ttl: 60, key: { "s:\($0)" }, manager: manager, policy: policy) { (id: Int) async in [id] }
        _ = try await short(42)
        _ = try await long(42)
        _ = try await stale(42)
        // Checks that the counter works: an array is an allocation.
        #expect(try await allocations(1000) { _ = Array(repeating: 1, count: Int.random(in: 50...60)) } >= 1)
        let key = try await allocations(1000) { _ = "users:profiles:v2:\(Int.random(in: 42...42))" }
        #expect(try await allocations(1000) { _ = try await short(42) } == 0)
        #expect(try await allocations(1000) { _ = try await long(42) } == key)
        #expect(try await allocations(1000) { _ = try await stale(42) } == 0)
    }

    @Test func `with an explicit manager, a miss and a hit each build the key once`() async throws {
        let manager = CacheManager(named: ["sessions": MemoryBackend()])
        let (keys, loads) = (CallCounter(), CallCounter())
        for cache in [nil, "sessions"] {
            let function = cached(
                ttl: 60,
                key: { (id: Int) in
                    keys.increment()
                    return "keys:\(id)"
                },
                cache: cache,
                manager: manager
            ) { (_: Int) async in loads.increment() }
            let before = (keys: keys.count, loads: loads.count)
            let loaded = try await function(1)
            #expect(keys.count == before.keys + 1)
            #expect(try await function(1) == loaded)
            #expect(keys.count == before.keys + 2)
            #expect(loads.count == before.loads + 1)
        }
        #expect(manager.statistics.hits == 1)
        #expect(try manager.named("sessions").statistics.hits == 1)
    }

    @Test func `a hit that is reported to a listener counts once`() async throws {
        let manager = CacheManager()
        let function = cached(ttl: 60, key: "answer", manager: manager) { () async in 42 }
        _ = try await function()
        let events = manager.events()
        #expect(try await function() == 42)
        await manager.shutdown()
        var hits = 0
        for await event in events { if case .hit = event.kind { hits += 1 } }
        #expect(hits == 1)
        #expect(manager.statistics.hits == 1)
    }

    @Test @MainActor func aHitFromTheMainActorStaysOnIt() async throws {
        let function = cached(ttl: 60, key: "answer", manager: CacheManager()) { () async in 42 }
        _ = try await function()
        let interloper = Task { @MainActor in Interloper.ran = true }
        for _ in 0..<1000 { _ = try await function() }
        // If a hit had suspended or left the actor, the other task of the main actor would have run.
        #expect(Interloper.ran == false)
        await interloper.value
        #expect(Interloper.ran)
    }
}

@MainActor private enum Interloper {
    static var ran = false
}
