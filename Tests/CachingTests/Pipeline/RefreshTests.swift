// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import Testing

@Suite("Refreshing")
struct RefreshTests {
    private let setup = MemorySetup()
    private let gate = Gate()
    private let loads = CallCounter()

    @Test func `a thousand concurrent refreshes cause two loads, and the last one is stored`() async throws {
        let answer = cached(ttl: 60, key: "answer", manager: setup.manager) { [gate, loads] () async throws in
            let number = loads.increment()
            if number == 1 { try await gate.pass() }
            return number
        }
        let first = Task { try await answer.refresh() }
        await gate.waitForArrivals(1)
        let events = setup.manager.events(limit: 4096)
        let values = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<1000 { group.addTask { try await answer.refresh() } }
            // One refresh waits for the load that runs, and the others share it.
            await events.waitForJoiners(999)
            gate.open()
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(try await first.value == 1)
        #expect(values == [2])
        #expect(loads.count == 2)
        #expect(try await answer() == 2)
    }

    @Test func `refreshes that come faster than loads end do not starve`() async throws {
        let gates = (0..<5).map { _ in Gate() }
        let answer = cached(ttl: 60, key: "answer", manager: setup.manager) { [loads] () async throws in
            let number = loads.increment()
            try await gates[number - 1].pass()
            return number
        }
        var refreshes = [Task { try await answer.refresh() }]
        await gates[0].waitForArrivals(1)
        for round in 0..<4 {
            refreshes.append(Task { try await answer.refresh() })
            gates[round].open()
            #expect(try await refreshes[round].value == round + 1)
            await gates[round + 1].waitForArrivals(1)
            // The value is stored, although the next refresh was called before the load ended.
            #expect(try await answer.peek() == round + 1)
        }
        gates[4].open()
        #expect(try await refreshes[4].value == 5)
        #expect(try await answer.peek() == 5)
    }

    @Test(arguments: [true, false])
    func aRefreshedResultThatIsSkippedRemovesTheOldOne(inMemory: Bool) async throws {
        let backend: any CacheBackend = inMemory ? MemoryBackend() : RecordingBackend(storage: .bytes)
        let manager = CacheManager(backend: backend, timeout: .seconds(30))
        let name = cached(ttl: 600, key: "name", manager: manager, policy: CachePolicy(nilPolicy: .skip)) {
            [loads] () async -> String? in loads.increment() == 1 ? "Grace" : nil
        }
        #expect(try await name() == "Grace")
        #expect(try await name.refresh() == nil)
        #expect(try await name() == nil)
    }

    @Test func aRenewalThatIsSkippedRemovesTheStaleValue() async throws {
        let policy = CachePolicy(nilPolicy: .skip, staleWhileRevalidate: .seconds(3600))
        let name = cached(ttl: 60, key: "name", manager: setup.manager, policy: policy) {
            [loads] () async -> String? in loads.increment() == 1 ? "Grace" : nil
        }
        #expect(try await name() == "Grace")
        setup.clock.advance(by: .seconds(61))
        let events = setup.manager.events()
        #expect(try await name() == "Grace")
        _ = await events.first { if case .loaded = $0.kind { true } else { false } }
        #expect(try await name() == nil)
    }

    @Test func refreshesDoNotCountAsReads() async throws {
        let answer = cached(ttl: 60, key: "answer", manager: setup.manager) { [loads] () async in loads.increment() }
        for _ in 0..<3 { _ = try await answer.refresh() }
        #expect(setup.manager.statistics.requests == 0)
        #expect(setup.manager.statistics.loads == 3)
        _ = try await answer()
        #expect(setup.manager.statistics.hits == 1)
    }

    @Test func aRefreshThatThrowsKeepsTheEntry() async throws {
        let answer = cached(ttl: 60, key: "answer", manager: setup.manager) { [loads] () async throws in
            guard loads.increment() == 1 else { throw SourceFailure() }
            return 1
        }
        #expect(try await answer() == 1)
        await #expect(throws: SourceFailure.self) { try await answer.refresh() }
        #expect(try await answer() == 1)
    }

    @Test func primingWithNilFollowsTheNilPolicy() async throws {
        let policy = CachePolicy(nilPolicy: .cacheFor(30))
        let name = cached(ttl: 600, key: "name", manager: setup.manager, policy: policy) { () async -> String? in "Ada"
        }
        try await name.prime(nil)
        #expect(try await name() == nil)
        setup.clock.advance(by: .seconds(31))
        #expect(try await name() == "Ada")
        let skipping = cached(ttl: 600, key: "other", manager: setup.manager, policy: CachePolicy(nilPolicy: .skip)) {
            () async -> String? in "Ada"
        }
        try await skipping.prime("Grace")
        try await skipping.prime(nil)
        #expect(try await skipping() == "Ada")
    }
}
