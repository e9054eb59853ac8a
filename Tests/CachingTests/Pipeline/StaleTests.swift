// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import Testing

@Suite("Stale values")
struct StaleTests {
    @Test(arguments: InvalidationDuringLoadTests.Backend.allCases)
    func aStaleValueAnswersWhileOneLoadRenewsIt(_ backend: InvalidationDuringLoadTests.Backend) async throws {
        let clock = ManualClock()
        let manager = CacheManager(backend: backend.make(clock), clock: clock)
        let gate = Gate()
        let loads = CallCounter()
        let policy = CachePolicy(staleWhileRevalidate: .seconds(30))
        let answer = cached(ttl: 60, key: "answer", manager: manager, policy: policy) {
            let number = loads.increment()
            if number > 1 { try await gate.pass() }
            return number
        }
        #expect(try await answer() == 1)
        clock.advance(by: .seconds(61))
        #expect(try await answer() == 1)
        await gate.waitForArrivals(1)
        #expect(try await answer() == 1)
        #expect(loads.count == 2)
        let events = manager.events()
        gate.open()
        _ = await events.first { if case .loaded = $0.kind { true } else { false } }
        #expect(try await answer() == 2)
        #expect(manager.statistics.staleHits == 2)
    }

    @Test func aStaleValueIsAbsentAfterItsWindow() async throws {
        let setup = MemorySetup()
        let loads = CallCounter()
        let policy = CachePolicy(staleWhileRevalidate: .seconds(30))
        let answer = cached(ttl: 60, key: "answer", manager: setup.manager, policy: policy) { () async in
            loads.increment()
        }
        _ = try await answer()
        setup.clock.advance(by: .seconds(90))
        #expect(try await answer() == 2)
        #expect(setup.manager.statistics.staleHits == 0)
    }

    @Test func `with staleIfError, a stale value answers only when the load fails`() async throws {
        let setup = MemorySetup()
        let loads = CallCounter()
        let policy = CachePolicy(staleIfError: .seconds(600))
        let answer = cached(ttl: 60, key: "answer", manager: setup.manager, policy: policy) { () async throws in
            let number = loads.increment()
            if number == 2 || number == 4 { throw SourceFailure() }
            return number
        }
        #expect(try await answer() == 1)
        setup.clock.advance(by: .seconds(61))
        #expect(try await answer() == 1)
        // After a failed load there is a pause.
        #expect(try await answer() == 1)
        setup.clock.advance(by: .seconds(30))
        #expect(try await answer() == 3)
        setup.clock.advance(by: .seconds(661))
        await #expect(throws: SourceFailure.self) { try await answer() }
        let statistics = setup.manager.statistics
        #expect(statistics.staleHits == 2)
        #expect(statistics.misses == 3)
        #expect(statistics.loadFailures == 2)
    }

    @Test func noStaleValueAnswersAfterAnInvalidation() async throws {
        let setup = MemorySetup()
        let loads = CallCounter()
        let gate = Gate()
        let policy = CachePolicy(staleWhileRevalidate: .seconds(600), staleIfError: .seconds(600))
        let answer = cached(ttl: 60, key: "answer", manager: setup.manager, policy: policy) {
            guard loads.increment() > 1 else { return 1 }
            try await gate.pass()
            throw SourceFailure()
        }
        _ = try await answer()
        setup.clock.advance(by: .seconds(61))
        try await answer.invalidate()
        gate.open()
        await #expect(throws: SourceFailure.self) { try await answer() }
    }

    @Test(arguments: InvalidationDuringLoadTests.Backend.allCases)
    func aPlainReadNeverSeesAStaleValue(_ backend: InvalidationDuringLoadTests.Backend) async throws {
        let clock = ManualClock()
        let setup = (clock: clock, manager: CacheManager(backend: backend.make(clock), clock: clock))
        let policy = CachePolicy(staleIfError: .seconds(600))
        let answer = cached(ttl: 60, key: "answer", manager: setup.manager, policy: policy) { () async in 1 }
        _ = try await answer()
        setup.clock.advance(by: .seconds(61))
        #expect(try await setup.manager.get("answer", as: Int.self) == nil)
        #expect(try await setup.manager.has("answer") == false)
        #expect(try await setup.manager.ttl(of: "answer") == nil)
        #expect(try await answer.peek() == nil)
    }
}
