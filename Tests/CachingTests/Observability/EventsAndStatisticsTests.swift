// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import Testing

@Suite("Events and statistics")
struct EventsAndStatisticsTests {
    @Test func `reads and loads are counted by the rules of Caffeine`() async throws {
        let setup = MemorySetup()
        let answer = cached(ttl: 60, key: { "a:\($0)" }, manager: setup.manager) { (id: Int) async throws -> Int in
            setup.clock.advance(by: .seconds(1))
            if id < 0 { throw SourceFailure() }
            return id
        }
        #expect(setup.manager.statistics.hitRate == 1)
        _ = try await answer(1)
        for _ in 0..<3 { _ = try await answer(1) }
        _ = try? await answer(-1)
        try await setup.manager.delete("a:1")
        let statistics = setup.manager.statistics
        #expect(statistics.requests == 5)
        #expect(statistics.hits == 3)
        #expect(statistics.misses == 2)
        #expect(statistics.loads == 1)
        #expect(statistics.loadFailures == 1)
        #expect(statistics.totalLoadTime == .seconds(2))
        #expect(statistics.averageLoadTime == .seconds(1))
        #expect(statistics.hitRate == 0.6)
        #expect(statistics.invalidations == 1)
        #expect(statistics.evictions == 0)
    }

    @Test(arguments: [true, false])
    func `hits are counted with and without a listener`(isObserved: Bool) async throws {
        let setup = MemorySetup()
        let events = isObserved ? setup.manager.events() : nil
        let answer = cached(ttl: 60, key: "a", manager: setup.manager) { () async in 1 }
        for _ in 0..<10 { _ = try await answer() }
        #expect(setup.manager.statistics.hits == 9)
        if let events { #expect(await events.first { if case .hit = $0.kind { true } else { false } }?.key == "a") }
    }

    @Test func eachNamedCacheHasItsOwnStatistics() async throws {
        let manager = CacheManager(named: ["sessions": MemoryBackend()])
        _ = try await manager.get("x", as: Int.self)
        #expect(manager.statistics.misses == 1)
        #expect(try manager.named("sessions").statistics.misses == 0)
    }

    @Test func theEventsOfACallComeInTheirOrder() async throws {
        let setup = MemorySetup()
        let events = setup.manager.events()
        let answer = cached(ttl: 60, key: "a", manager: setup.manager) { () async in 1 }
        _ = try await answer()
        _ = try await answer()
        try await answer.invalidate()
        await setup.manager.shutdown()
        var names: [String] = []
        for await event in events {
            #expect(event.cache == "default")
            names.append(String("\(event.kind)".prefix { $0 != "(" }))
        }
        #expect(names.filter { $0 != "loaded" } == ["miss", "stored", "hit", "invalidated"])
        #expect(names.contains("loaded"))
    }

    @Test func `a listener that does not keep up loses events and is told`() async throws {
        let setup = MemorySetup()
        let events = setup.manager.events(limit: 4)
        for number in 0..<20 { _ = try await setup.manager.get("k:\(number)", as: Int.self) }
        var iterator = events.makeAsyncIterator()
        for number in 0..<4 { #expect(await iterator.next()?.key == "k:\(number)") }
        _ = try await setup.manager.get("after", as: Int.self)
        guard case .dropped(16)? = await iterator.next()?.kind else {
            Issue.record("the notice is missing or wrong")
            return
        }
        #expect(await iterator.next()?.key == "after")
    }

    @Test func `a listener that has ended costs nothing`() async throws {
        let setup = MemorySetup()
        let listener = Task { [events = setup.manager.events()] in
            for await _ in events {}
        }
        listener.cancel()
        await listener.value
        for number in 0..<3 { _ = try await setup.manager.get("k:\(number)", as: Int.self) }
        #expect(setup.manager.statistics.misses == 3)
    }

    @Test func eventsAfterTheEndAreAnEmptySequence() async {
        let setup = MemorySetup()
        await setup.manager.shutdown()
        for await event in setup.manager.events() { Issue.record("unexpected \(event.kind)") }
    }
}
