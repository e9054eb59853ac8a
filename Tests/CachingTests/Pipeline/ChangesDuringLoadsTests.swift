// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import Testing

@Suite("Changes that run while loads begin and fail")
struct ChangesDuringLoadsTests {
    enum Change: CaseIterable {
        case set, prime, delete, pattern, tag, clear

        func make(_ manager: CacheManager, _ function: CachedFunction<String>) async throws {
            switch self {
            case .set: try await manager.set("k", "new")
            case .prime: try await function.prime("new")
            case .delete: try await manager.delete("k")
            case .pattern: try await manager.invalidate("k*")
            case .tag: try await manager.invalidate(tag: "t")
            case .clear: try await manager.clear()
            }
        }

        func operation(_ hasTags: Bool) -> BackendScript.Operation {
            switch self {
            case .set, .prime: .set
            case .delete: .delete
            case .pattern: .invalidate
            case .tag: hasTags ? .invalidateTag : .set
            case .clear: .clear
            }
        }

        var leaves: String? { self == .set || self == .prime ? "new" : nil }
    }

    private let clock = ManualClock()
    private let gate = Gate()
    private let loads = CallCounter()

    @Test(arguments: Change.allCases, [true, false])
    func `a load that begins while a change hangs is not stored`(_ change: Change, hasTags: Bool) async throws {
        let backend = RecordingBackend(storage: .bytes, clock: clock)
        let manager = CacheManager(backend: hasTags ? backend : PlainBackend(backend), clock: clock)
        let function = cached(ttl: 60, key: "k", tags: ["t"], manager: manager) { [gate, loads] in
            if loads.increment() == 1 { try await gate.pass() }
            return "old"
        }
        backend.script.hang(change.operation(hasTags), times: 1)
        let writer = Task { try await change.make(manager, function) }
        await backend.script.waitForHanging(1)
        let reader = Task { try await function() }
        await gate.waitForArrivals(1)
        backend.script.releaseHanging()
        try await writer.value
        // A caller after the change does not wait for the older load.
        #expect(try await function() == change.leaves ?? "old")
        #expect(loads.count == (change.leaves == nil ? 2 : 1))
        try await change.make(manager, function)
        gate.open()
        #expect(try await reader.value == "old")
        #expect(try await manager.get("k", as: String.self) == change.leaves)
        #expect(manager.statistics.discarded == 1)
    }

    @Test(arguments: Change.allCases)
    func `a load that begins during a failing change is not stored`(_ change: Change) async throws {
        let backend = RecordingBackend(storage: .bytes, clock: clock)
        let manager = CacheManager(backend: backend, clock: clock)
        let function = cached(ttl: 60, key: "k", tags: ["t"], manager: manager) { [gate, loads] in
            loads.increment()
            try await gate.pass()
            return "old"
        }
        backend.script.hang(change.operation(true), times: 1)
        let writer = Task { try await change.make(manager, function) }
        await backend.script.waitForHanging(1)
        let reader = Task { try await function() }
        await gate.waitForArrivals(1)
        clock.advance(by: .seconds(1))
        await #expect(throws: CacheError.self) { try await writer.value }
        gate.open()
        #expect(try await reader.value == "old")
        #expect(manager.statistics.discarded == 1)
        backend.script.reset()
    }

    @Test func `invalidating a tag that a load has added supersedes the load`() async throws {
        let manager = MemorySetup().manager
        let function = cached(ttl: 60, key: "k", manager: manager) { [gate, loads] in
            let number = loads.increment()
            LoadContext.current?.addTags("team:7")
            if number == 1 { try await gate.pass() }
            return number
        }
        let first = Task { try await function() }
        await gate.waitForArrivals(1)
        try await manager.invalidate(tag: "team:7")
        #expect(try await function() == 2)
        gate.open()
        #expect(try await first.value == 1)
        #expect(try await function() == 2)
    }

    @Test(arguments: InvalidationDuringLoadTests.Backend.allCases)
    func `a value that is primed during a failing load answers its caller`(
        _ backend: InvalidationDuringLoadTests.Backend
    ) async throws {
        let manager = CacheManager(backend: backend.make(clock), clock: clock)
        let policy = CachePolicy(staleIfError: .seconds(600))
        let function = cached(ttl: 60, key: "k", manager: manager, policy: policy) { [gate, loads] in
            guard loads.increment() > 1 else { return 1 }
            try await gate.pass()
            throw SourceFailure()
        }
        #expect(try await function() == 1)
        clock.advance(by: .seconds(61))
        let caller = Task { try await function() }
        await gate.waitForArrivals(1)
        try await function.prime(2)
        gate.open()
        #expect(try await caller.value == 2)
        #expect(try await function() == 2)
        #expect(manager.statistics.staleHits == 0)
    }

    @Test(arguments: InvalidationDuringLoadTests.Backend.allCases)
    func aStaleValueAnswersForEveryErrorOfALoad(_ backend: InvalidationDuringLoadTests.Backend) async throws {
        let manager = CacheManager(backend: backend.make(clock), clock: clock)
        let other = CacheManager()
        await other.shutdown()
        let policy = CachePolicy(staleIfError: .seconds(6000), pauseAfterFailure: .zero)
        let errors: [@Sendable () async throws -> Void] = [
            { throw CancellationError() }, { throw CacheError.shutDown }, { try await other.set("audit", 1) },
            { throw CacheError.backendTimedOut(operation: "set", after: .seconds(1)) },
            {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.cancelAll()
                    group.addTask { try Task.checkCancellation() }
                    try await group.waitForAll()
                }
            },
        ]
        let function = cached(ttl: 60, key: "k", manager: manager, policy: policy) { [loads] in
            let number = loads.increment()
            if number > 1 { try await errors[number - 2]() }
            return number
        }
        #expect(try await function() == 1)
        clock.advance(by: .seconds(61))
        for number in 1...errors.count {
            #expect(try await function() == 1)
            #expect(manager.statistics.staleHits == number)
        }
        #expect(manager.statistics.loadFailures == errors.count)
        #expect(manager.statistics.cancelledLoads == 0)
    }

    @Test(arguments: InvalidationDuringLoadTests.Backend.allCases)
    func aStaleWindowBeyondTheClockDoesNotOverflow(_ backend: InvalidationDuringLoadTests.Backend) async throws {
        let manager = CacheManager(backend: backend.make(clock), clock: clock)
        for (number, window) in [Duration.seconds(Int64.max), .seconds(100 * 31_557_600)].enumerated() {
            let loads = CallCounter()
            let policies = [
                CachePolicy(staleIfError: window), CachePolicy(staleWhileRevalidate: window),
                CachePolicy(staleWhileRevalidate: window, staleIfError: window, pauseAfterFailure: window),
            ]
            for (index, policy) in policies.enumerated() {
                loads.reset(to: 0)
                let key = "k:\(number):\(index)"
                let function = cached(ttl: 60, key: key, manager: manager, policy: policy) { () async throws -> Int in
                    guard loads.increment() == 1 else { throw SourceFailure() }
                    return 1
                }
                for _ in 0..<3 { #expect(try await function() == 1) }
                #expect(loads.count == 1)
                clock.advance(by: .seconds(3600))
                #expect(try await function() == 1)
            }
        }
    }
}
