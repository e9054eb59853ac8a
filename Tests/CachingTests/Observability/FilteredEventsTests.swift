// SPDX-License-Identifier: Apache-2.0

import AllocationCounter
import Caching
import CachingTesting
import Synchronization
import Testing

@Suite("Events of some kinds")
struct FilteredEventsTests {
    private let setup = MemorySetup()

    /// Whether an event is a miss.
    private static let isMiss: @Sendable (CacheEvent.Kind) -> Bool = { if case .miss = $0 { true } else { false } }

    /// Whether an event is a hit.
    private static let isHit: @Sendable (CacheEvent.Kind) -> Bool = { if case .hit = $0 { true } else { false } }

    private static func names(_ events: CacheEvents) async -> [String] {
        var names: [String] = []
        for await event in events { names.append(String("\(event.kind)".prefix { $0 != "(" })) }
        return names
    }

    private static func hub() -> EventHub { EventHub(cache: "c", keyPrefix: "") { _ in } }

    @Test func aListenerGetsTheKindsItWantsAndNoOthers() async throws {
        let misses = setup.manager.events(where: Self.isMiss)
        let hits = setup.manager.events(where: Self.isHit)
        let all = setup.manager.events()
        let answer = cached(ttl: 60, key: "a", manager: setup.manager) { () async in 1 }
        for _ in 0..<3 { _ = try await answer() }
        try await answer.invalidate()
        await setup.manager.shutdown()
        #expect(await Self.names(misses) == ["miss"])
        #expect(await Self.names(hits) == ["hit", "hit"])
        #expect(await Self.names(all).sorted() == ["hit", "hit", "invalidated", "loaded", "miss", "stored"])
    }

    @Test func aNamedCacheHasFilteredEventsToo() async throws {
        let manager = CacheManager(named: ["sessions": MemoryBackend()])
        let events = try manager.named("sessions").events(limit: 8) { if case .stored = $0 { true } else { false } }
        try await manager.named("sessions").set("k", 1)
        _ = try await manager.named("sessions").get("k", as: Int.self)
        await manager.shutdown()
        #expect(await Self.names(events) == ["stored"])
    }

    @Test func theLimitCountsOnlyWhatIsWanted() async throws {
        let events = setup.manager.events(limit: 2, where: Self.isHit)
        for number in 0..<100 { _ = try await setup.manager.get("k:\(number)", as: Int.self) }
        try await setup.manager.set("k", 1)
        for _ in 0..<2 { _ = try await setup.manager.get("k", as: Int.self) }
        await setup.manager.shutdown()
        #expect(await Self.names(events) == ["hit", "hit"])
    }

    @Test func `only wanted events are counted as dropped and the notice always comes`() async throws {
        let events = setup.manager.events(limit: 2, where: Self.isHit)
        try await setup.manager.set("k", 1)
        for _ in 0..<7 {
            _ = try await setup.manager.get("k", as: Int.self)
            _ = try await setup.manager.get("absent", as: Int.self)
        }
        await setup.manager.shutdown()
        var kinds: [String] = []
        for await event in events { kinds.append("\(event.kind)") }
        #expect(kinds == ["hit", "hit", "dropped(5)"])
    }

    @Test func `hits are observed only while a listener wants them`() {
        let hub = Self.hub()
        let areObserved = { hub.areHitsObserved.load(ordering: .relaxed) }
        let isObserved = { hub.isObserved.load(ordering: .relaxed) }
        #expect(!areObserved())
        let misses = hub.events(limit: 8, where: Self.isMiss)
        #expect(!areObserved())
        var hits: CacheEvents? = hub.events(limit: 8, where: Self.isHit)
        #expect(areObserved())
        var all: CacheEvents? = hub.events(limit: 8)
        hits = nil
        #expect(areObserved())
        all = nil
        #expect(!areObserved())
        #expect(isObserved())
        withExtendedLifetime((misses, hits, all)) {}
    }

    @Test func `nothing is observed when the last listener has left or the cache has ended`() {
        let hub = Self.hub()
        let isObserved = { hub.isObserved.load(ordering: .relaxed) }
        let areHitsObserved = { hub.areHitsObserved.load(ordering: .relaxed) }
        var misses: CacheEvents? = hub.events(limit: 8, where: Self.isMiss)
        #expect(isObserved())
        misses = nil
        #expect(!isObserved())
        let all = hub.events(limit: 8)
        hub.finish()
        #expect(!isObserved())
        #expect(!areHitsObserved())
        withExtendedLifetime((misses, all)) {}
    }

    @Test func `evictions are listed only while a listener wants them`() {
        let listed = CallCounter()
        let hub = EventHub(cache: "c", keyPrefix: "") { listed.reset(to: $0 ? 1 : 0) }
        let misses = hub.events(limit: 8, where: Self.isMiss)
        #expect(listed.count == 0)
        var expired: CacheEvents? = hub.events(limit: 8) { if case .evicted(.expired) = $0 { true } else { false } }
        #expect(listed.count == 1)
        hub.emit(.evicted(.size), key: "a")
        hub.emit(.evicted(.expired), key: "b")
        expired = nil
        #expect(listed.count == 0)
        withExtendedLifetime((misses, expired)) {}
    }

    @Test func `a predicate is asked about hits once and about other events when they happen`() async throws {
        let calls = CallCounter()
        let events = setup.manager.events { kind in
            calls.increment()
            return Self.isMiss(kind)
        }
        try await setup.manager.set("k", 1)
        let before = calls.count
        for _ in 0..<10 { _ = try await setup.manager.get("k", as: Int.self) }
        #expect(calls.count == before)
        _ = try await setup.manager.get("absent", as: Int.self)
        #expect(calls.count == before + 1)
        #expect(setup.manager.statistics.hits == 10)
        withExtendedLifetime(events) {}
    }

    @Test func `a predicate may use the manager because no lock is held`() async throws {
        let manager = setup.manager
        let small = CacheManager(backend: MemoryBackend(capacity: .entries(16), clock: setup.clock), clock: setup.clock)
        for manager in [manager, small] {
            let events = manager.events { [weak manager] _ in
                _ = manager?.events(limit: 2)
                return manager?.statistics.hits == 0
            }
            let answer = cached(ttl: 60, key: { "a:\($0)" }, manager: manager) { (id: Int) async throws -> Int in
                if id < 0 { throw SourceFailure() }
                return id
            }
            for number in -1..<40 { _ = try? await answer(number) }
            _ = try await answer.refresh(1)
            try await manager.invalidate("a:*")
            withExtendedLifetime(events) {}
        }
        #expect(small.statistics.evictions > 0)
        await manager.shutdown()
        await small.shutdown()
    }

    /// Whether allocations can be counted: unoptimised code allocates in other places.
    private static var canCount: Bool {
        #if DEBUG
            false
        #else
            allocation_counter_is_available()
        #endif
    }

    @Test(.enabled(if: canCount, "counting allocations needs an optimised build, glibc, and no sanitizer"))
    func `a hit allocates nothing for a listener that does not want it`() async throws {
        let answer = cached(ttl: 60, key: { "a:\($0)" }, manager: setup.manager) { (id: Int) async in [id] }
        _ = try await answer(1)
        func allocations(rounds: Int) async throws -> UInt64 {
            var least = UInt64.max
            for _ in 0..<rounds {
                let start = allocation_counter_count()
                for _ in 0..<1000 { _ = try await answer(1) }
                let end = allocation_counter_count()
                if end >= start { least = min(least, end - start) }
            }
            return least
        }
        let misses = setup.manager.events(where: Self.isMiss)
        #expect(try await allocations(rounds: 5) == 0)
        let hits = setup.manager.events(where: Self.isHit)
        // The counter works: the buffer of a listener that wants hits grows.
        #expect(try await allocations(rounds: 1) > 0)
        withExtendedLifetime((misses, hits)) {}
    }
}
