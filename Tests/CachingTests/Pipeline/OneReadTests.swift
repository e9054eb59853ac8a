// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import Testing

/// Tests that concurrent callers share one read of a far backend, and that each of them is counted once.
@Suite("One read for a thousand callers")
struct OneReadTests {
    private let clock = ManualClock()
    private let backend: RecordingBackend
    private let manager: CacheManager
    private let gate = Gate()
    private let loads = CallCounter()
    private let callers = 1000

    init() {
        backend = RecordingBackend(storage: .bytes, clock: clock)
        manager = CacheManager(backend: backend, clock: clock)
    }

    private func function(
        _ policy: CachePolicy = CachePolicy(),
        _ load: @escaping @Sendable (Int) async throws -> Int = { $0 }
    ) -> CachedFunction<Int> {
        cached(ttl: 60, key: "k", manager: manager, policy: policy) { [loads] () async throws -> Int in
            try await load(loads.increment())
        }
    }

    /// Starts callers that all wait for one read, which hangs.
    private func start(_ functions: CachedFunction<Int>...) async -> [Task<Int, any Error>] {
        backend.script.hang(.get, times: 1)
        backend.resetOperations()
        let events = manager.events(limit: 10 * callers)
        let first = Task { try await functions[0]() }
        await backend.script.waitForHanging(1)
        let others = (1..<callers).map { number in Task { try await functions[number % functions.count]() } }
        await events.waitForJoiners(callers - 1)
        return [first] + others
    }

    private func values(_ tasks: [Task<Int, any Error>]) async -> Set<Int?> {
        var values: Set<Int?> = []
        for task in tasks { values.insert(try? await task.value) }
        return values
    }

    @Test func `callers of a cold key share one read and one load`() async throws {
        let tasks = await start(function())
        backend.script.releaseHanging()
        #expect(await values(tasks) == [1])
        #expect(loads.count == 1)
        try backend.expectGet("k", count: 1)
        try backend.expectSet("k", count: 1)
        let statistics = manager.statistics
        #expect((statistics.hits, statistics.misses, statistics.staleHits) == (0, callers, 0))
        #expect(statistics.joined == callers - 1)
    }

    @Test func `callers of a stored key share one read without a load`() async throws {
        try await manager.set("k", 7)
        let tasks = await start(function())
        backend.script.releaseHanging()
        #expect(await values(tasks) == [7])
        #expect(loads.count == 0)
        try backend.expect([.get("k", .hit)])
        let statistics = manager.statistics
        #expect((statistics.hits, statistics.misses, statistics.staleHits) == (callers, 0, 0))
    }

    @Test(arguments: [true, false])
    func aCallerCancelledDuringTheReadIsNotCounted(isThere: Bool) async throws {
        if isThere { try await manager.set("k", 7) }
        let tasks = await start(function())
        for number in stride(from: 0, to: callers, by: 4) { tasks[number].cancel() }
        for number in stride(from: 0, to: callers, by: 4) {
            await #expect(throws: CancellationError.self) { try await tasks[number].value }
        }
        backend.script.releaseHanging()
        let rest = tasks.indices.filter { !$0.isMultiple(of: 4) }.map { tasks[$0] }
        #expect(await values(rest) == [isThere ? 7 : 1])
        #expect(manager.statistics.requests == callers - callers / 4)
        #expect(manager.statistics.hits == (isThere ? rest.count : 0))
        try backend.expectGet("k", count: 1)
    }

    @Test func aCallerCancelledDuringTheLoadIsAMiss() async throws {
        let function = function { [gate] number in
            try await gate.pass()
            return number
        }
        let tasks = await start(function)
        backend.script.releaseHanging()
        await gate.waitForArrivals(1)
        for number in stride(from: 0, to: callers, by: 4) { tasks[number].cancel() }
        for number in stride(from: 0, to: callers, by: 4) { _ = try? await tasks[number].value }
        gate.open()
        #expect(await values(tasks) == [nil, 1])
        #expect(manager.statistics.misses == callers)
        #expect(manager.statistics.requests == callers)
    }

    @Test func `callers of a stale value are answered at once and share one read and one load`() async throws {
        let function = function(CachePolicy(staleWhileRevalidate: .seconds(60))) { [gate] number in
            if number > 1 { try await gate.pass() }
            return number
        }
        #expect(try await function() == 1)
        clock.advance(by: .seconds(61))
        let before = manager.statistics
        let tasks = await start(function)
        backend.script.releaseHanging()
        // The load has begun and cannot end.
        #expect(await values(tasks) == [1])
        await gate.waitForArrivals(1)
        // A later caller is also answered, without another read.
        #expect(try await function() == 1)
        try backend.expect([.get("k", .hit)])
        #expect(loads.count == 2)
        let statistics = manager.statistics
        #expect(statistics.staleHits == callers + 1)
        #expect(statistics.misses == before.misses)
        #expect(statistics.hits == 0)
        let events = manager.events()
        gate.open()
        _ = await events.first { if case .loaded = $0.kind { true } else { false } }
        #expect(try await function() == 2)
    }

    @Test func `a caller that does not accept a stale value waits for its renewal`() async throws {
        let load: @Sendable (Int) async throws -> Int = { [gate] number in
            if number > 1 { try await gate.pass() }
            return number
        }
        let patient = function(CachePolicy(), load)
        let stale = function(CachePolicy(staleWhileRevalidate: .seconds(60)), load)
        #expect(try await stale() == 1)
        clock.advance(by: .seconds(61))
        let before = manager.statistics
        let tasks = await start(stale, patient)
        backend.script.releaseHanging()
        #expect(await values(tasks.indices.filter { $0.isMultiple(of: 2) }.map { tasks[$0] }) == [1])
        await gate.waitForArrivals(1)
        gate.open()
        #expect(await values(tasks.indices.filter { !$0.isMultiple(of: 2) }.map { tasks[$0] }) == [2])
        let statistics = manager.statistics
        #expect(statistics.staleHits == callers / 2)
        #expect(statistics.misses - before.misses == callers / 2)
        #expect(loads.count == 2)
        try backend.expectGet("k", count: 1)
    }

    @Test(arguments: [true, false])
    func `callers with a fallback are counted when the load has ended`(fails: Bool) async throws {
        let function = function(CachePolicy(staleIfError: .seconds(60))) { number in
            if number > 1, fails { throw SourceFailure() }
            return number
        }
        #expect(try await function() == 1)
        clock.advance(by: .seconds(61))
        let before = manager.statistics
        let tasks = await start(function)
        backend.script.releaseHanging()
        #expect(await values(tasks) == [fails ? 1 : 2])
        let statistics = manager.statistics
        #expect(statistics.staleHits == (fails ? callers : 0))
        #expect(statistics.misses - before.misses == (fails ? 0 : callers))
        #expect(statistics.requests - before.requests == callers)
        #expect(loads.count == 2)
    }

    @Test(arguments: [true, false])
    func `callers with a superseded fallback are counted once`(bySet: Bool) async throws {
        let function = function(CachePolicy(staleIfError: .seconds(60))) { [gate] number in
            if number == 1 { return number }
            try await gate.pass()
            throw SourceFailure()
        }
        #expect(try await function() == 1)
        clock.advance(by: .seconds(61))
        let before = manager.statistics
        let tasks = await start(function)
        backend.script.releaseHanging()
        await gate.waitForArrivals(1)
        if bySet { try await manager.set("k", 9) } else { try await manager.delete("k") }
        gate.open()
        #expect(await values(tasks) == [bySet ? 9 : nil])
        let statistics = manager.statistics
        #expect(statistics.hits - before.hits == (bySet ? callers : 0))
        #expect(statistics.misses - before.misses == (bySet ? 0 : callers))
        #expect(statistics.staleHits == 0)
    }

    @Test func `a failed read is a miss for all callers and causes one load`() async throws {
        backend.script.fail(.set)
        let tasks = await start(function())
        backend.script.fail(.get)
        // The shared read ends at its deadline.
        clock.advance(by: .milliseconds(500))
        #expect(await values(tasks) == [1])
        #expect(loads.count == 1)
        #expect(manager.statistics.misses == callers)
        #expect(manager.statistics.backendFailures == 2)
        backend.script.reset()
    }

    /// A refresh does not count its callers, so a call is counted when it joins the refresh.
    @Test func `a call that joins a refresh that begins is counted once`() throws {
        var machine = SingleFlightStateMachine<Int>()
        let key = FlightKey(cache: 0, key: "k")
        let now = CacheInstant(nanoseconds: 0)
        func caller(_ id: UInt64) -> FlightCaller<Int> {
            FlightCaller(id: WaiterID(rawValue: id), waiter: 0, parent: nil, priority: 0)
        }
        guard case .lead(let first) = machine.refresh(key, by: caller(1), tags: [], now: now).action,
            case .wait(let second) = machine.refresh(key, by: caller(2), tags: [], now: now).action
        else { throw SourceFailure() }
        let end = machine.finish(first)
        #expect(end.promoted == second)
        guard case .follow(second, _, let isLoading)? = machine.follow(key, by: caller(3), now: now) else {
            throw SourceFailure()
        }
        #expect(isLoading)
    }
}
