// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import Testing

@Suite("Loads that ask for themselves indirectly", .timeLimit(.minutes(2)))
struct IndirectRecursionTests {
    /// The path from a load back to its own key.
    enum Path: CaseIterable {
        case refresh, invalidateAndCall, primeAndRefresh, deleteByKeyAndGetOrSet, otherFunction, otherManager
    }

    @Test(arguments: Path.allCases, InvalidationDuringLoadTests.Backend.allCases)
    func `a load that asks for itself indirectly gets an error and does not begin again`(
        _ path: Path,
        _ backend: InvalidationDuringLoadTests.Backend
    ) async throws {
        let clock = ManualClock()
        let loops = Loops(
            manager: CacheManager(backend: backend.make(clock), clock: clock),
            other: CacheManager(backend: backend.make(clock), clock: clock)
        )
        let error = await #expect(throws: CacheError.self) { try await loops.start(path) }
        guard case .recursiveLoad("own", let chain)? = error else { throw SourceFailure() }
        #expect(chain.first == "own")
        #expect(loops.loads.count == 1)
    }

    @Test func `of two loads that wait for each other across managers, one gets an error`() async throws {
        for round in 0..<200 {
            let pair = Crosswise(refreshes: false)
            async let left = pair.left()
            async let right = pair.right()
            // One load waits for the other, which gets an error and continues.
            #expect(try await left + right == 3, "round \(round)")
        }
    }

    @Test func `loads that refresh each other across managers end`() async throws {
        for round in 0..<100 {
            let pair = Crosswise(refreshes: true)
            async let left = pair.left()
            async let right = pair.right()
            // A refresh begins a load, unless it can share one; no load waits for itself.
            #expect([3, 4].contains(try await left + right), "round \(round)")
        }
    }

    @Test(arguments: [true, false])
    func twoThousandNestedLoadsDoNotGrowTheStack(inMemory: Bool) async throws {
        let chain = Chain(inMemory: inMemory)
        #expect(try await chain.value(2000) == 2000)
        #expect(try await chain.value(2000) == 2000)
        #expect(chain.loads.count == 2001)
    }

    /// If each load were cancelled within the cancellation of another, each would need a stack frame and a lock of the
    /// runtime.
    @Test func manyNestedLoadsAreCancelledTogether() async throws {
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
    func `a renewal that a load has launched may ask for that load`(_ backend: InvalidationDuringLoadTests.Backend)
        async throws
    {
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

/// Functions whose load asks for its own key `own`.
private struct Loops {
    let manager: CacheManager
    let other: CacheManager
    let loads = CallCounter()

    func own(_ path: IndirectRecursionTests.Path) -> CachedFunction<Int> {
        cached(ttl: 60, key: "own", manager: manager) {
            // Ends a load that begins repeatedly.
            guard loads.increment() < 100 else { return 0 }
            return try await goBack(by: path)
        }
    }

    func start(_ path: IndirectRecursionTests.Path) async throws -> Int { try await own(path)() }

    private func goBack(by path: IndirectRecursionTests.Path) async throws -> Int {
        switch path {
        case .refresh: return try await own(path).refresh()
        case .invalidateAndCall:
            try await own(path).invalidate()
            return try await own(path)()
        case .primeAndRefresh:
            try await own(path).prime(5)
            return try await own(path).refresh()
        case .deleteByKeyAndGetOrSet:
            try await manager.delete("own")
            return try await manager.getOrSet("own") { try await start(path) }
        case .otherFunction:
            let between = cached(ttl: 60, key: "between", manager: manager) { try await start(path) }
            try await manager.delete("own")
            return try await between()
        case .otherManager:
            let between = cached(ttl: 60, key: "own", manager: other) { try await start(path) }
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

/// Loads of which each needs the next one.
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
