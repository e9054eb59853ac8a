// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import Testing

@Suite("Loads that ask for themselves by other doors", .timeLimit(.minutes(2)))
struct RecursionByOtherDoorsTests {
    /// The way from a load back to its own key.
    enum Door: CaseIterable {
        case refresh, invalidateAndCall, primeAndRefresh, deleteByKeyAndGetOrSet, otherFunction, otherManager
    }

    @Test(arguments: Door.allCases, InvalidationDuringLoadTests.Backend.allCases)
    func getAnErrorAndDoNotBeginAgain(_ door: Door, _ backend: InvalidationDuringLoadTests.Backend) async throws {
        let clock = ManualClock()
        let loops = Loops(
            manager: CacheManager(backend: backend.make(clock), clock: clock),
            other: CacheManager(backend: backend.make(clock), clock: clock)
        )
        let error = await #expect(throws: CacheError.self) { try await loops.start(door) }
        guard case .recursiveLoad("own", let chain)? = error else { throw SourceFailure() }
        #expect(chain.first == "own")
        #expect(loops.loads.count == 1)
    }

    @Test func crosswiseWaitsOfTwoManagersEndWithAnErrorForWhoAsksSecond() async throws {
        for round in 0..<200 {
            let pair = Crosswise(refreshes: false)
            async let left = pair.left()
            async let right = pair.right()
            // One waits for the other, which goes on without it.
            #expect(try await left + right == 3, "round \(round)")
        }
    }

    @Test func crosswiseRefreshesOfTwoManagersEndWithAnErrorForWhoComesBack() async throws {
        for round in 0..<100 {
            let pair = Crosswise(refreshes: true)
            async let left = pair.left()
            async let right = pair.right()
            // Each refresh is a load of its own, unless it finds one that runs; none of them waits for itself.
            #expect([3, 4].contains(try await left + right), "round \(round)")
        }
    }

    @Test(arguments: [true, false])
    func twoThousandLoadsWithinEachOtherNeedNoStack(inMemory: Bool) async throws {
        let chain = Chain(inMemory: inMemory)
        #expect(try await chain.value(2000) == 2000)
        #expect(try await chain.value(2000) == 2000)
        #expect(chain.loads.count == 2001)
    }

    /// Cancelling one within the cancellation of the other would need a stack, and a lock of the runtime, for each.
    @Test func manyLoadsWithinEachOtherAreCancelledAsOne() async throws {
        #if THREAD_SANITIZER
            let depth = 2000
        #else
            let depth = 5000
        #endif
        let chain = Chain(inMemory: true, stops: true)
        let caller = Task { try await chain.value(depth) }
        await chain.gate.waitForArrivals(1)
        caller.cancel()
        await #expect(throws: CancellationError.self) { try await caller.value }
        chain.gate.open()
        #expect(try await chain.value(depth) == depth)
    }

    @Test(arguments: InvalidationDuringLoadTests.Backend.allCases)
    func aRenewalThatALoadHasLaunchedIsNoPartOfIt(_ backend: InvalidationDuringLoadTests.Backend) async throws {
        let clock = ManualClock()
        let manager = CacheManager(backend: backend.make(clock), clock: clock)
        let nested = Renewing(manager: manager)
        #expect(try await nested.inner() == 1)
        clock.advance(by: .seconds(61))
        let events = manager.events()
        // The renewal asks for the load that launched it, which does not wait for the renewal.
        #expect(try await nested.outer() == 1)
        let end = await events.first { event in
            guard event.key == "inner" else { return false }
            switch event.kind {
            case .loaded, .loadFailed: return true
            default: return false
            }
        }
        guard case .loaded? = end?.kind else {
            Issue.record("the renewal ended with \(String(describing: end?.kind))")
            return
        }
        #expect(try await nested.inner() == 2)
    }
}

/// A load of the key `own` that comes back to it.
private struct Loops {
    let manager: CacheManager
    let other: CacheManager
    let loads = CallCounter()

    func own(_ door: RecursionByOtherDoorsTests.Door) -> CachedFunction<Int> {
        cached(ttl: 60, key: "own", manager: manager) {
            // What begins again and again is stopped.
            guard loads.increment() < 100 else { return 0 }
            return try await goBack(by: door)
        }
    }

    func start(_ door: RecursionByOtherDoorsTests.Door) async throws -> Int { try await own(door)() }

    private func goBack(by door: RecursionByOtherDoorsTests.Door) async throws -> Int {
        switch door {
        case .refresh: return try await own(door).refresh()
        case .invalidateAndCall:
            try await own(door).invalidate()
            return try await own(door)()
        case .primeAndRefresh:
            try await own(door).prime(5)
            return try await own(door).refresh()
        case .deleteByKeyAndGetOrSet:
            try await manager.delete("own")
            return try await manager.getOrSet("own") { try await start(door) }
        case .otherFunction:
            let between = cached(ttl: 60, key: "between", manager: manager) { try await start(door) }
            try await manager.delete("own")
            return try await between()
        case .otherManager:
            let between = cached(ttl: 60, key: "own", manager: other) { try await start(door) }
            try await manager.clear()
            return try await between.refresh()
        }
    }
}

/// Two loads of two managers that ask for each other when both have begun.
private final class Crosswise: Sendable {
    private let managers = [CacheManager(), CacheManager()]
    private let gate = Gate()
    private let refreshes: Bool

    init(refreshes: Bool) { self.refreshes = refreshes }

    func left() async throws -> Int { try await function(0)() }
    func right() async throws -> Int { try await function(1)() }

    private func function(_ number: Int) -> CachedFunction<Int> {
        cached(ttl: 60, key: "k", manager: managers[number]) { [self] in
            let opener = Task.detached { [gate] in
                await gate.waitForArrivals(2)
                gate.open()
            }
            try await gate.pass()
            await opener.value
            return 1 + ((try? await ask(1 - number)) ?? 0)
        }
    }

    private func ask(_ number: Int) async throws -> Int {
        refreshes ? try await function(number).refresh() : try await function(number)()
    }
}

/// Loads of which each needs the next.
private final class Chain: Sendable {
    let loads = CallCounter()
    let gate = Gate()
    private let manager: CacheManager
    private let stops: Bool

    init(inMemory: Bool, stops: Bool = false) {
        manager = CacheManager(backend: inMemory ? MemoryBackend() : RecordingBackend(storage: .bytes))
        self.stops = stops
    }

    func value(_ number: Int) async throws -> Int {
        let function = cached(ttl: 60, key: { "chain:\($0)" }, manager: manager) { [self] (number: Int) in
            loads.increment()
            guard number > 0 else {
                if stops { try await gate.pass() }
                return 0
            }
            return 1 + (try await value(number - 1))
        }
        return try await function(number)
    }
}

/// A function whose renewals ask for the function that launches them.
private final class Renewing: Sendable {
    private let manager: CacheManager
    private let loads = CallCounter()

    init(manager: CacheManager) { self.manager = manager }

    func inner() async throws -> Int {
        let policy = CachePolicy(staleWhileRevalidate: .seconds(600))
        let function = cached(ttl: 60, key: "inner", manager: manager, policy: policy) { [self] in
            let number = loads.increment()
            if number > 1 { _ = try await outer() }
            return number
        }
        return try await function()
    }

    func outer() async throws -> Int {
        let function = cached(ttl: 60, key: "outer", manager: manager) { [self] in try await inner() }
        return try await function()
    }
}
