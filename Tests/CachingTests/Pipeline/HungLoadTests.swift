// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import Testing

@Suite("Loads that hang")
struct HungLoadTests {
    private let setup = MemorySetup()
    private let gate = Gate()
    private let loads = CallCounter()

    @Test func `a load that hangs does not block its key permanently`() async throws {
        let answer = cached(ttl: 60, key: "answer", manager: setup.manager) { [gate, loads] () async throws in
            let number = loads.increment()
            if number == 1 { try await gate.pass(ignoringCancellation: true) }
            return number
        }
        // The load always has a caller, so it is never cancelled.
        let stuck = Task { try await answer() }
        await gate.waitForArrivals(1)
        setup.clock.advance(by: .seconds(30))
        #expect(try await answer() == 2)
        #expect(try await answer() == 2)
        // When the load ends, its value is older than the stored one.
        gate.open()
        #expect(try await stuck.value == 1)
        #expect(try await answer() == 2)
    }

    @Test func `a load beyond its timeout is cancelled and its callers get an error`() async throws {
        let policy = CachePolicy(loadTimeout: .seconds(2))
        let answer = cached(ttl: 60, key: "answer", manager: setup.manager, policy: policy) {
            [gate, loads] () async throws in
            if loads.increment() == 1 { try await gate.pass() }
            return 1
        }
        let events = setup.manager.events()
        let callers = [Task { try await answer() }, Task { try await answer() }]
        await gate.waitForArrivals(1)
        await events.waitForJoiners(1)
        await setup.clock.waitForSleepers(1)
        setup.clock.advance(by: .seconds(2))
        for caller in callers {
            await #expect(throws: CacheError.loadTimedOut(key: "answer", after: .seconds(2))) { try await caller.value }
        }
        #expect(setup.manager.statistics.loadFailures == 1)
        #expect(try await answer() == 1)
    }

    @Test func aStaleValueAnswersWhenALoadTakesTooLong() async throws {
        let policy = CachePolicy(staleIfError: .seconds(600), loadTimeout: .seconds(2))
        let answer = cached(ttl: 60, key: "answer", manager: setup.manager, policy: policy) {
            [gate, loads] () async throws in
            let number = loads.increment()
            if number == 2 { try await gate.pass(ignoringCancellation: true) }
            return number
        }
        #expect(try await answer() == 1)
        setup.clock.advance(by: .seconds(61))
        let late = Task { try await answer() }
        await gate.waitForArrivals(1)
        await setup.clock.waitForSleepers(1)
        setup.clock.advance(by: .seconds(2))
        #expect(try await late.value == 1)
        gate.open()
    }

    @Test func `a failed load causes a pause in both stale windows`() async throws {
        for policy in [
            CachePolicy(staleIfError: .seconds(600)), CachePolicy(staleWhileRevalidate: .seconds(600)),
        ] {
            let setup = MemorySetup()
            let loads = CallCounter()
            let answer = cached(ttl: 60, key: "answer", manager: setup.manager, policy: policy) { () async throws in
                guard loads.increment() == 1 else { throw SourceFailure() }
                return 1
            }
            _ = try await answer()
            setup.clock.advance(by: .seconds(61))
            let events = setup.manager.events()
            for read in 0..<20 {
                #expect(try await answer() == 1)
                if read == 0 { _ = await events.first { if case .loadFailed = $0.kind { true } else { false } } }
            }
            #expect(loads.count == 2)
            setup.clock.advance(by: .seconds(30))
            #expect(try await answer() == 1)
            _ = await events.first { if case .loadFailed = $0.kind { true } else { false } }
            #expect(loads.count == 3)
        }
    }

    @Test func pausesGrowForRenewalsAndAreBounded() {
        var pauses = LoadPauses()
        let key = FlightKey(cache: 0, key: "k")
        var now = CacheInstant(nanoseconds: 0)
        for seconds in [1, 2, 4, 8, 16, 30, 30] {
            pauses.noteFailure(key, longest: .seconds(30), now: now)
            now = now.advanced(by: .seconds(seconds) - .nanoseconds(1))
            #expect(pauses.pausesRenewal(key, now: now))
            now = now.advanced(by: .nanoseconds(1))
            #expect(!pauses.pausesRenewal(key, now: now))
        }
        pauses.noteSuccess(key)
        #expect(pauses.isEmpty)
        for number in 0..<5000 {
            pauses.noteFailure(FlightKey(cache: 0, key: "k\(number)"), longest: .seconds(30), now: now)
        }
        #expect(pauses.count <= LoadPauses.capacity)
    }
}
