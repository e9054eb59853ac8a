// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import Testing

@Suite("Backends that hang or fail")
struct HangingBackendTests {
    private let clock = ManualClock()
    private let backend: RecordingBackend
    private let manager: CacheManager
    private let loads = CallCounter()

    init() {
        backend = RecordingBackend(clock: clock)
        manager = CacheManager(backend: backend, timeout: .milliseconds(100), clock: clock)
    }

    private var answer: CachedFunction<Int, Int> {
        cached(ttl: 60, key: { "k:\($0)" }, manager: manager) { [loads] (number: Int) async in
            loads.increment()
            return number
        }
    }

    @Test func aReadOfAnEntryWithManyTagsHasOneDeadline() async throws {
        let plain = PlainBackend(backend)
        let manager = CacheManager(backend: plain, timeout: .milliseconds(100), clock: clock)
        try await manager.set("k", 1, tags: (0..<20).map { "tag\($0)" })
        backend.resetOperations()
        // Each of the 21 reads takes 90 ms, less than the deadline, but all together take longer.
        backend.script.delay(.get, by: .milliseconds(90))
        let read = Task { try await manager.get("k", as: Int.self) }
        await clock.waitForSleepers(2)
        clock.advance(by: .milliseconds(90))
        await backend.waitForOperations(1)
        clock.advance(by: .milliseconds(10))
        #expect(try await read.value == nil)
        #expect(manager.statistics.backendFailures == 1)
    }

    @Test func `after failures in a row the backend is not used until one operation probes it`() async throws {
        let events = manager.events()
        backend.script.fail(.get, times: CircuitBreaker.failuresToOpen)
        for number in 0..<CircuitBreaker.failuresToOpen {
            #expect(try await manager.get("k:\(number)", as: Int.self) == nil)
        }
        #expect(manager.health["default"]?.isAvailable == false)
        backend.resetOperations()
        for number in 0..<100 { #expect(try await answer(number) == number) }
        #expect(backend.operations.isEmpty)
        #expect(loads.count == 100)
        let statistics = manager.statistics
        #expect(statistics.backendFailures == CircuitBreaker.failuresToOpen)
        #expect(statistics.backendOutages == 1)
        // A read and a fill each.
        #expect(statistics.skippedOperations == 200)
        await #expect(throws: CacheError.backendUnavailable(operation: "delete")) { try await manager.delete("k") }

        clock.advance(by: CircuitBreaker.firstPause)
        #expect(try await answer(7) == 7)
        #expect(manager.health["default"]?.isAvailable == true)
        // The deletion that failed is replayed before the read.
        #expect(backend.operations.map(\.key) == ["k", "k:7", "k:7"])
        var kinds: [String] = []
        await manager.shutdown()
        for await event in events {
            switch event.kind {
            case .backendUnavailable: kinds.append("unavailable")
            case .backendRecovered: kinds.append("recovered")
            default: break
            }
        }
        #expect(kinds == ["unavailable", "recovered"])
    }

    @Test func `damaged entries and refused writes never open the breaker`() async throws {
        backend.script.fail(.get, key: "k:1", with: Failure(kind: .damaged))
        backend.script.fail(.set, with: Failure(kind: .rejected))
        for _ in 0..<50 { #expect(try await answer(1) == 1) }
        #expect(manager.health["default"]?.isAvailable == true)
        #expect(manager.statistics.backendOutages == 0)
        #expect(loads.count == 50)
        await #expect(throws: CacheError.self) { try await manager.set("k:1", 2) }
    }

    @Test func `after a cancelled probe the next operation probes`() async throws {
        backend.script.fail(.get, times: CircuitBreaker.failuresToOpen)
        for _ in 0..<CircuitBreaker.failuresToOpen { _ = try await manager.get("k", as: Int.self) }
        clock.advance(by: CircuitBreaker.firstPause)
        backend.script.hang(.get, times: 1)
        let probe = Task { try await manager.get("k", as: Int.self) }
        await backend.script.waitForHanging(1)
        probe.cancel()
        await #expect(throws: CancellationError.self) { try await probe.value }
        // The next operation is the probe, and succeeds.
        try await manager.set("k", 1)
        #expect(manager.health["default"]?.isAvailable == true)
        backend.script.reset()
    }

    @Test func `a CancellationError of the backend is a failure and does not cancel the caller`() async throws {
        backend.script.fail(with: CancellationError())
        #expect(try await answer(1) == 1)
        #expect(manager.statistics.backendFailures == 2)
        let error = await #expect(throws: CacheError.self) { try await manager.delete("k") }
        guard case .backendFailed("delete", "k", _)? = error else { throw SourceFailure() }
    }

    /// Operations that never return, even if their callers are cancelled.
    @Test(arguments: [true, false])
    func `ten thousand calls on a backend that never answers get their values`(heedsCancellation: Bool) async throws {
        let backend = SilentBackend(heedsCancellation: heedsCancellation)
        let clock = ManualClock()
        let manager = CacheManager(backend: backend, timeout: .milliseconds(100), clock: clock)
        let answer = cached(ttl: 60, key: { "k:\($0)" }, manager: manager) { (number: Int) async in number }
        // Time passes as long as a task waits for it.
        let time = Task {
            while !Task.isCancelled {
                await clock.waitForSleepers(1)
                clock.advance(by: .milliseconds(100))
            }
        }
        let sum = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<10_000 { group.addTask { try await answer(number) } }
            return try await group.reduce(0, +)
        }
        #expect(sum == 49_995_000)
        #expect(backend.greatestCount <= OperationGate.maximumRunning + OperationGate.maximumAbandoned)
        let health = try #require(manager.health["default"])
        #expect(health.runningOperations == 0)
        #expect(health.abandonedOperations <= OperationGate.maximumRunning + OperationGate.maximumAbandoned)
        #expect(manager.statistics.backendOutages >= 1)
        time.cancel()
        backend.end()
        // Wakes the task that waits for sleepers.
        let last = Task { try? await clock.sleep(until: .distantFuture) }
        await time.value
        last.cancel()
    }

    @Test func `a cancelled caller does not stop an explicit change`() async throws {
        try await manager.set("k", 1)
        backend.script.delay(.delete, by: .milliseconds(50))
        let change = Task { try await manager.delete("k") }
        await clock.waitForSleepers(2)
        change.cancel()
        clock.advance(by: .milliseconds(50))
        #expect(try await change.value)
        #expect(backend.keys == [])
    }

    @Test func `a caller that is already cancelled can make changes`() async throws {
        try await manager.set("k", 1)
        try await Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await manager.set("k", 2)
            try await manager.invalidate("other:*")
        }.value
        #expect(try await manager.get("k", as: Int.self) == 2)
    }

    @Test func `a cancelled read throws instead of being a miss`() async throws {
        backend.script.hang(.get)
        let read = Task { try await manager.get("k", as: Int.self) }
        await backend.script.waitForHanging(1)
        read.cancel()
        await #expect(throws: CancellationError.self) { try await read.value }
        #expect(manager.statistics.backendFailures == 0)
        backend.script.reset()
    }
}

/// A failure of a given kind.
private struct Failure: CacheBackendError {
    let kind: BackendFailureKind
}
