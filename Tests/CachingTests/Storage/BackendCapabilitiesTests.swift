// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import Synchronization
import Testing

@Suite("Capabilities of some backends")
struct BackendCapabilitiesTests {
    @Test func `all stamps of an entry are read in one batch`() async throws {
        let backend = BatchBackend()
        let manager = CacheManager(backend: backend, timeout: .seconds(30))
        try await manager.set("k", 1, tags: ["a", "b", "c"])
        #expect(try await manager.get("k", as: Int.self) == 1)
        #expect(backend.batches == [3])
        try await manager.invalidate(tag: "b")
        #expect(try await manager.get("k", as: Int.self) == nil)
    }

    @Test func aBackendThatKeepsDeadlinesNeedsNoTimer() async throws {
        let clock = ManualClock()
        let backend = PromptBackend(clock: clock)
        let manager = CacheManager(backend: backend, clock: clock)
        let call = Task { try await manager.get("k", as: Int.self) }
        // Only the timeout of the backend itself sleeps.
        await clock.waitForSleepers(1)
        #expect(clock.sleeperCount == 1)
        clock.advance(by: .seconds(5))
        #expect(try await call.value == nil)
        #expect(manager.statistics.backendFailures == 1)
    }

    @Test func `a cancelled caller does not stop a change of a backend that keeps deadlines`()
        async throws
    {
        let clock = ManualClock()
        let backend = PromptBackend(clock: clock, answers: true)
        let manager = CacheManager(backend: backend, clock: clock)
        let call = Task { try await manager.delete("k") }
        await clock.waitForSleepers(1)
        call.cancel()
        clock.advance(by: .seconds(5))
        #expect(try await call.value)
    }

    @Test func `a load that a change by others supersedes is not stored`() async throws {
        let backend = ReportingBackend()
        let manager = CacheManager(backend: backend, prefix: "shop")
        let changes: [ForeignInvalidation] = [
            .key("shop:k"), .pattern("shop:*"), .tag("t"), .everything,
        ]
        for (round, change) in changes.enumerated() {
            let gate = Gate()
            let answer = cached(ttl: 60, key: "k", tags: ["t"], manager: manager) { () async throws in
                try await gate.pass()
                return round
            }
            let call = Task { try await answer() }
            await gate.waitForArrivals(1)
            backend.report(change)
            gate.open()
            #expect(try await call.value == round)
            #expect(try await manager.get("k", as: Int.self) == nil)
        }
        #expect(manager.statistics.discarded == changes.count)
    }

    @Test func `a change of another cache by others is ignored`() async throws {
        let backend = ReportingBackend()
        let manager = CacheManager(backend: backend, prefix: "shop")
        let gate = Gate()
        let answer = cached(ttl: 60, key: "k", manager: manager) { () async throws in
            try await gate.pass()
            return 1
        }
        let call = Task { try await answer() }
        await gate.waitForArrivals(1)
        backend.report(.key("k"))
        backend.report(.key("other:k"))
        gate.open()
        #expect(try await call.value == 1)
        #expect(try await manager.get("k", as: Int.self) == 1)
    }
}

/// A backend without tags that reads batches and counts them.
private final class BatchBackend: BatchReadingBackend, ForwardingBackend {
    let base = RecordingBackend(storage: .bytes)
    private let sizes = Mutex<[Int]>([])

    var batches: [Int] { sizes.withLock { $0 } }

    func get(_ keys: [String]) async throws -> [CacheEntry?] {
        sizes.withLock { $0.append(keys.count) }
        var entries: [CacheEntry?] = []
        for key in keys { entries.append(try await base.get(key)) }
        return entries
    }
}

/// A backend whose operations take five seconds, and then succeed or fail.
private struct PromptBackend: DeadlineKeepingBackend {
    struct Late: Error {}

    let clock: ManualClock
    var answers = false

    func get(_ key: String) async throws -> CacheEntry? {
        try await wait()
        return nil
    }
    func set(_ key: String, _ entry: CacheEntry, ttl: Duration?) async throws { try await wait() }
    func delete(_ key: String) async throws -> Bool {
        try await wait()
        return true
    }
    func invalidate(_ pattern: KeyPattern) async throws -> Int {
        try await wait()
        return 0
    }
    func has(_ key: String) async throws -> Bool {
        try await wait()
        return false
    }
    func clear() async throws { try await wait() }

    private func wait() async throws {
        try await clock.sleep(until: clock.now.advanced(by: .seconds(5)))
        if !answers { throw Late() }
    }
}

/// A backend that reports changes by others.
private final class ReportingBackend: InvalidationSource, ForwardingBackend {
    let base = RecordingBackend(storage: .bytes)
    private let receivers = Mutex<[@Sendable (ForeignInvalidation) -> Void]>([])

    func report(_ change: ForeignInvalidation) { for receive in receivers.withLock({ $0 }) { receive(change) } }

    func reportInvalidations(to receive: @escaping @Sendable (ForeignInvalidation) -> Void) {
        receivers.withLock { $0.append(receive) }
    }
}
