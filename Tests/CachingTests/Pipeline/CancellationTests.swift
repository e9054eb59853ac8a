// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import Testing

@Suite("Cancellation")
struct CancellationTests {
    private let setup = MemorySetup()
    private let gate = Gate()
    private let loads = CallCounter()

    private func slowAnswer(ignoringCancellation: Bool = false) -> CachedFunction<Int> {
        cached(ttl: 60, key: "answer", manager: setup.manager) { [gate, loads] in
            let number = loads.increment()
            try await gate.pass(ignoringCancellation: ignoringCancellation)
            return number
        }
    }

    @Test func `a cancelled first caller leaves at once and the others get the value`() async throws {
        let answer = slowAnswer()
        let events = setup.manager.events()
        let first = Task { try await answer() }
        await gate.waitForArrivals(1)
        let second = Task { try await answer() }
        await events.waitForJoiners(1)
        first.cancel()
        await #expect(throws: CancellationError.self) { try await first.value }
        gate.open()
        #expect(try await second.value == 1)
        #expect(setup.manager.statistics.loads == 1)
        #expect(setup.manager.statistics.cancelledLoads == 0)
    }

    @Test func theLoadIsCancelledWhenTheLastCallerHasLeft() async throws {
        let answer = slowAnswer()
        let events = setup.manager.events()
        let first = Task { try await answer() }
        await gate.waitForArrivals(1)
        first.cancel()
        await #expect(throws: CancellationError.self) { try await first.value }
        let end = await events.first { if case .loadCancelled = $0.kind { true } else { false } }
        #expect(end?.key == "answer")
        #expect(setup.manager.statistics.cancelledLoads == 1)
        #expect(setup.manager.statistics.loadFailures == 0)
    }

    @Test func `a new caller does not join a cancelled load, whose value is not stored`() async throws {
        let answer = slowAnswer(ignoringCancellation: true)
        let first = Task { try await answer() }
        await gate.waitForArrivals(1)
        first.cancel()
        await #expect(throws: CancellationError.self) { try await first.value }
        let second = Task { try await answer() }
        await gate.waitForArrivals(2)
        gate.open()
        #expect(try await second.value == 2)
        #expect(try await answer() == 2)
    }

    @Test func `a caller that is already cancelled begins no load and can get a hit`() async throws {
        let answer = slowAnswer()
        let early = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await answer()
        }
        await #expect(throws: CancellationError.self) { try await early.value }
        #expect(loads.count == 0)
        gate.open()
        #expect(try await answer() == 1)
        let late = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await answer()
        }
        #expect(try await late.value == 1)
    }

    @Test func `the last caller gets its value when a thousand others are cancelled`() async throws {
        let answer = slowAnswer()
        let events = setup.manager.events(limit: 10_000)
        let survivor = Task { try await answer() }
        await gate.waitForArrivals(1)
        let others = (0..<1000).map { _ in Task { try await answer() } }
        await events.waitForJoiners(1000)
        for other in others { other.cancel() }
        for other in others { await #expect(throws: CancellationError.self) { try await other.value } }
        gate.open()
        #expect(try await survivor.value == 1)
        #expect(loads.count == 1)
    }

    @Test func `a load finishes for its callers during a shutdown`() async throws {
        let answer = slowAnswer()
        let caller = Task { try await answer() }
        await gate.waitForArrivals(1)
        let end = Task { await setup.manager.shutdown() }
        // The grace period has begun.
        await setup.clock.waitForSleepers(1)
        gate.open()
        #expect(try await caller.value == 1)
        await end.value
        #expect(setup.manager.statistics.discarded == 1)
        await setup.manager.shutdown()
    }

    @Test func aLoadIsCancelledAfterTheGracePeriod() async throws {
        let answer = slowAnswer()
        let caller = Task { try await answer() }
        await gate.waitForArrivals(1)
        let end = Task { await setup.manager.shutdown(gracePeriod: .seconds(3)) }
        await setup.clock.waitForSleepers(1)
        setup.clock.advance(by: .seconds(3))
        await #expect(throws: CacheError.shutDown) { try await caller.value }
        await end.value
    }

    @Test func `after a shutdown, functions bypass the cache and nothing is stored`() async throws {
        let loads = CallCounter()
        let answer = cached(ttl: 60, key: "answer", manager: setup.manager) { () async in loads.increment() }
        #expect(try await answer() == 1)
        await setup.manager.shutdown()
        #expect(try await answer() == 2)
        #expect(try await answer() == 3)
        #expect(try await answer.refresh() == 4)
        #expect(setup.manager.statistics.bypasses == 3)
        #expect(try await setup.manager.get("answer", as: Int.self) == nil)
        #expect(try await setup.manager.has("answer") == false)
        await #expect(throws: CacheError.shutDown) { try await answer.invalidate() }
        await #expect(throws: CacheError.shutDown) { try await setup.manager.clear() }
    }
}
