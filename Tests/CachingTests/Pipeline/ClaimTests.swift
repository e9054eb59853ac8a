// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import Synchronization
import Testing

/// An error that a load throws, with a number.
private struct Numbered: Error, Equatable { let number: Int }

@Suite("Claims: loads that their caller performs")
struct ClaimTests {
    enum Backend: CaseIterable {
        case memory, values, bytes

        func manager(_ clock: ManualClock) -> CacheManager {
            switch self {
            case .memory: CacheManager(backend: MemoryBackend(clock: clock), clock: clock)
            case .values: CacheManager(backend: RecordingBackend(storage: .values, clock: clock), clock: clock)
            case .bytes: CacheManager(backend: RecordingBackend(storage: .bytes, clock: clock), clock: clock)
            }
        }
    }

    private let clock = ManualClock()
    private var setup: MemorySetup { MemorySetup() }

    /// Claims a key without a flight.
    private func promise(
        _ manager: CacheManager,
        _ key: String = "k",
        policy: CachePolicy = CachePolicy()
    ) async throws -> CachePromise<Int> {
        guard case .mine(let promise) = try await manager.claim(key, as: Int.self, ttl: 60, policy: policy) else {
            throw SourceFailure()
        }
        return promise
    }

    @Test(arguments: Backend.allCases)
    func `a fulfilled claim is stored and found`(_ backend: Backend) async throws {
        let manager = backend.manager(clock)
        let promise = try await promise(manager)
        await promise.fulfill(1)
        guard case .found(1) = try await manager.claim("k", as: Int.self) else { throw SourceFailure() }
        #expect(try await manager.get("k", as: Int.self) == 1)
        let statistics = manager.statistics
        #expect(statistics.loads == 1)
        #expect(statistics.misses == 1)
        #expect(statistics.hits == 2)
        clock.advance(by: .seconds(61))
        #expect(try await manager.get("k", as: Int.self) == nil)
    }

    @Test(arguments: Backend.allCases)
    func `one of a thousand callers loads, with closures that are neither escaping nor Sendable`(
        _ backend: Backend
    ) async throws {
        let manager = backend.manager(clock)
        let gate = Gate()
        let loads = CallCounter()
        let events = manager.events(limit: 10_000)
        let values = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<1000 {
                group.addTask {
                    // A variable of the caller, which the closure changes.
                    var calls = 0
                    let value = try await manager.getOrClaim("k", ttl: 60) {
                        calls += 1
                        try await gate.pass()
                        return loads.increment()
                    }
                    guard calls <= 1 else { throw SourceFailure() }
                    return value
                }
            }
            await gate.waitForArrivals(1)
            await events.waitForJoiners(999)
            gate.open()
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(values == Array(repeating: 1, count: 1000))
        #expect(manager.statistics.loads == 1)
        #expect(manager.statistics.misses == 1000)
        #expect(manager.statistics.joined == 999)
    }

    @Test func `callers of functions and of getOrSet wait for a claim and get its value`() async throws {
        let manager = setup.manager
        let calls = CallCounter()
        let function = cached(ttl: 60, key: "k", manager: manager) { calls.increment() }
        let promise = try await promise(manager)
        let events = manager.events()
        let callers = [
            Task { try await function() }, Task { try await manager.getOrSet("k") { calls.increment() } },
            Task { try await manager.getOrClaim("k") { calls.increment() } },
        ]
        await events.waitForJoiners(3)
        await promise.fulfill(7)
        for caller in callers { #expect(try await caller.value == 7) }
        #expect(calls.count == 0)
    }

    /// The ways in which a claim ends without a value.
    enum End: CaseIterable {
        case dropped, failed, thrown, cancelled
    }

    @Test(arguments: End.allCases, Backend.allCases)
    func `a claim without a value goes to the next caller at once`(_ end: End, _ backend: Backend) async throws {
        let manager = backend.manager(clock)
        let events = manager.events()
        let gate = Gate()
        let first = Task { () -> Int? in
            if end == .thrown || end == .cancelled {
                return try await manager.getOrClaim("k") {
                    try await gate.pass()
                    throw Numbered(number: 1)
                }
            }
            guard case .mine(let promise) = try await manager.claim("k", as: Int.self) else { throw SourceFailure() }
            try await gate.pass()
            if end == .failed { await promise.fail(Numbered(number: 1)) }
            return nil
        }
        await gate.waitForArrivals(1)
        let function = cached(ttl: 60, key: "k", manager: manager) { () async in 2 }
        let others =
            (0..<3).map { _ in Task { try await manager.getOrClaim("k") { 2 } } } + [Task { try await function() }]
        await events.waitForJoiners(4)
        if end == .cancelled { first.cancel() } else { gate.open() }
        for other in others { #expect(try await other.value == 2) }
        switch await first.result {
        case .success(let value): #expect(value == nil)
        case .failure(let error):
            #expect(end == .cancelled ? error is CancellationError : error as? Numbered == Numbered(number: 1))
        }
        let statistics = manager.statistics
        #expect(statistics.loads == 1)
        #expect(statistics.loadFailures == (end == .failed || end == .thrown ? 1 : 0))
        #expect(statistics.cancelledLoads == (end == .dropped || end == .cancelled ? 1 : 0))
        #expect(statistics.requests == 5)
    }

    @Test func `each of many callers gets the claim if all loads before it fail`() async throws {
        let manager = setup.manager
        let loads = CallCounter()
        let gate = Gate()
        let events = manager.events(limit: 100_000)
        let errors = await withTaskGroup(of: Int?.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    do {
                        _ = try await manager.getOrClaim("k") { () async throws -> Int in
                            let number = loads.increment()
                            if number == 1 { try await gate.pass() }
                            throw Numbered(number: number)
                        }
                        return nil
                    } catch {
                        return (error as? Numbered)?.number
                    }
                }
            }
            await gate.waitForArrivals(1)
            await events.waitForJoiners(49)
            gate.open()
            return await group.reduce(into: []) { $0.append($1 ?? 0) }
        }
        #expect(errors.sorted() == Array(1...50))
        #expect(manager.statistics.loadFailures == 50)
        #expect(manager.statistics.misses == 50)
    }

    @Test func `a caller that is cancelled while it waits leaves at once`() async throws {
        let manager = setup.manager
        let promise = try await promise(manager)
        let events = manager.events()
        let waiting = Task { try await manager.claim("k", as: Int.self) }
        await events.waitForJoiners(1)
        waiting.cancel()
        await #expect(throws: CancellationError.self) { _ = try await waiting.value }
        await promise.fulfill(1)
        #expect(try await manager.get("k", as: Int.self) == 1)
    }

    @Test func `a claim goes on when every caller that waited has left`() async throws {
        let manager = setup.manager
        let promise = try await promise(manager)
        let events = manager.events()
        let waiting = (0..<20).map { _ in Task { try await manager.getOrSet("k") { 0 } } }
        await events.waitForJoiners(20)
        for task in waiting { task.cancel() }
        for task in waiting { await #expect(throws: CancellationError.self) { _ = try await task.value } }
        await promise.fulfill(1)
        #expect(try await manager.get("k", as: Int.self) == 1)
    }

    @Test(arguments: Backend.allCases)
    func `an invalidation during a claim keeps its value from being stored`(_ backend: Backend) async throws {
        let manager = backend.manager(clock)
        let promise = try await promise(manager)
        try await manager.delete("k")
        let second = try await self.promise(manager)
        await promise.fulfill(1)
        #expect(try await manager.get("k", as: Int.self) == nil)
        await second.fulfill(2)
        #expect(try await manager.get("k", as: Int.self) == 2)
        #expect(manager.statistics.discarded == 1)
    }

    @Test func `the load decides its lifetime, its tags and whether it is stored`() async throws {
        let manager = CacheManager(backend: MemoryBackend(clock: clock), clock: clock)
        let first = try await promise(manager)
        first.context?.ttl = 5
        first.context?.addTags("t")
        await first.fulfill(1)
        #expect(try await manager.ttl(of: "k") == 5)
        try await manager.invalidate(tag: "t")
        #expect(try await manager.get("k", as: Int.self) == nil)
        _ = try await manager.getOrClaim("k") {
            LoadContext.current?.skip()
            return 2
        }
        #expect(try await manager.get("k", as: Int.self) == nil)
    }

    @Test func `a second answer of a promise has no effect`() async throws {
        let manager = setup.manager
        let promise = try await promise(manager)
        await promise.fulfill(1)
        await promise.fulfill(2)
        #expect(await promise.fail(SourceFailure()) == nil)
        #expect(try await manager.get("k", as: Int.self) == 1)
        #expect(manager.statistics.loads == 1)
    }

    @Test(arguments: Backend.allCases)
    func `one caller renews a stale value while the others get it`(_ backend: Backend) async throws {
        let manager = backend.manager(clock)
        let policy = CachePolicy(staleWhileRevalidate: .seconds(60))
        await (try await promise(manager, policy: policy)).fulfill(1)
        clock.advance(by: .seconds(61))
        let renewal = try await promise(manager, policy: policy)
        guard case .found(1) = try await manager.claim("k", as: Int.self, policy: policy) else { throw SourceFailure() }
        await renewal.fulfill(2)
        #expect(try await manager.get("k", as: Int.self) == 2)
    }

    @Test(arguments: Backend.allCases)
    func `a stale value answers when the caller's load fails and the policy allows it`(
        _ backend: Backend
    ) async throws {
        let manager = backend.manager(clock)
        let policy = CachePolicy(staleIfError: .seconds(60))
        await (try await promise(manager, policy: policy)).fulfill(1)
        clock.advance(by: .seconds(61))
        #expect(try await manager.getOrClaim("k", policy: policy) { throw SourceFailure() } == 1)
        #expect(manager.statistics.staleHits == 1)
        #expect(manager.statistics.misses == 1)
        clock.advance(by: .seconds(61))
        await #expect(throws: SourceFailure.self) {
            _ = try await manager.getOrClaim("k", policy: policy) { () async throws -> Int in throw SourceFailure() }
        }
    }

    @Test func `a load that asks for its own key is refused`() async throws {
        let manager = setup.manager
        let error = await #expect(throws: CacheError.self) {
            _ = try await manager.getOrClaim("k") { try await manager.getOrClaim("k") { 1 } }
        }
        guard case .recursiveLoad? = error else { throw SourceFailure() }
        #expect(try await manager.getOrClaim("k") { 1 } == 1)
    }

    @Test func `a timeout ends the waits of the other callers and not the load`() async throws {
        let manager = CacheManager(backend: MemoryBackend(clock: clock), clock: clock)
        let policy = CachePolicy(loadTimeout: .seconds(5))
        let promise = try await promise(manager, policy: policy)
        let events = manager.events()
        let waiting = Task { try await manager.claim("k", as: Int.self, policy: policy) }
        await events.waitForJoiners(1)
        clock.advance(by: .seconds(6))
        await #expect(throws: CacheError.self) { _ = try await waiting.value }
        await promise.fulfill(1)
        #expect(try await manager.get("k", as: Int.self) == nil)
    }

    @Test func `after the shutdown every caller gets a claim and nothing is stored`() async throws {
        let manager = setup.manager
        await manager.shutdown()
        for _ in 0..<2 {
            let promise = try await promise(manager)
            #expect(promise.context == nil)
            await promise.fulfill(1)
        }
        #expect(try await manager.getOrClaim("k") { 3 } == 3)
        #expect(manager.statistics.bypasses == 3)
    }

    @Test func `a shutdown during a claim ends the waits after the grace period`() async throws {
        let manager = CacheManager(backend: MemoryBackend(clock: clock), clock: clock)
        let promise = try await promise(manager)
        let events = manager.events()
        let waiting = Task { try await manager.getOrSet("k") { 0 } }
        await events.waitForJoiners(1)
        let shutdown = Task { await manager.shutdown(gracePeriod: .seconds(10)) }
        await clock.waitForSleepers(1)
        clock.advance(by: .seconds(11))
        await #expect(throws: CacheError.self) { _ = try await waiting.value }
        await shutdown.value
        await promise.fulfill(1)
    }

    @Test func `a claim of another type loads while a load runs`() async throws {
        let manager = setup.manager
        let promise = try await promise(manager)
        let events = manager.events()
        let other = Task { try await manager.getOrClaim("k") { "text" } }
        await events.waitForJoiners(1)
        await promise.fulfill(1)
        #expect(try await other.value == "text")
        #expect(try await manager.get("k", as: Int.self) == 1)
    }

    @Test func `a value in a backend outside the process is found and not loaded`() async throws {
        let backend = RecordingBackend(storage: .bytes, clock: clock)
        let first = CacheManager(backend: backend, clock: clock)
        let second = CacheManager(backend: backend, clock: clock)
        try await first.set("k", 5)
        guard case .found(5) = try await second.claim("k", as: Int.self) else { throw SourceFailure() }
        #expect(second.statistics.hits == 1)
    }

    @Test func `a typed namespace has claims`() async throws {
        let pages = Cache<String>(namespace: "pages", ttl: 60, manager: setup.manager)
        #expect(try await pages.getOrClaim("home") { "first" } == "first")
        guard case .found("first") = try await pages.claim("home") else { throw SourceFailure() }
    }

    @Test func `invalid keys and tags throw before the load`() async throws {
        let manager = setup.manager
        await #expect(throws: CacheError.self) { _ = try await manager.claim("", as: Int.self) }
        await #expect(throws: CacheError.self) { _ = try await manager.getOrClaim("k", tags: ["\n"]) { 1 } }
    }

    @Test func `every caller returns when many claims fail, are released and are cancelled`() async throws {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        let manager = setup.manager
        let plans = (0..<2000).map { _ in
            (Int.random(in: 0..<6, using: &generator), Int.random(in: 0..<5, using: &generator))
        }
        await withTaskGroup(of: Void.self) { group in
            for (plan, key) in plans {
                group.addTask {
                    let key = "k\(key)"
                    switch plan {
                    case 0: _ = try? await manager.getOrClaim(key) { throw SourceFailure() } as Int
                    case 1: _ = try? await manager.claim(key, as: Int.self)
                    case 2:
                        let task = Task {
                            try await manager.getOrClaim(key) { () async throws -> Int in
                                await Task.yield()
                                try Task.checkCancellation()
                                throw SourceFailure()
                            }
                        }
                        await Task.yield()
                        task.cancel()
                        _ = try? await task.value
                    case 3:
                        _ = try? await manager.getOrSet(key) { () async throws -> Int in
                            await Task.yield()
                            throw SourceFailure()
                        }
                    case 4: _ = try? await manager.delete(key)
                    default:
                        _ = try? await manager.getOrClaim(key) {
                            await Task.yield()
                            return 1
                        }
                        _ = try? await manager.delete(key)
                    }
                }
            }
        }
        for key in 0..<5 { #expect(try await manager.getOrClaim("k\(key)") { 9 } == 9) }
    }
}
