// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import Testing

@Suite("The end of a manager", .timeLimit(.minutes(2)))
struct EndOfLifeTests {
    private let clock = ManualClock()
    private let gate = Gate()
    private let loads = CallCounter()

    private func manager(_ backend: InvalidationDuringLoadTests.Backend) -> CacheManager {
        CacheManager(backend: backend.make(clock), clock: clock)
    }

    @Test(.enabled(if: canStartImmediately), arguments: InvalidationDuringLoadTests.Backend.allCases)
    func `from the beginning of a shutdown, functions bypass the cache and loads finish`(
        _ backend: InvalidationDuringLoadTests.Backend
    ) async throws {
        let manager = manager(backend)
        let slow = cached(ttl: 60, key: "slow", manager: manager) { [gate] in
            try await gate.pass()
            return "loaded"
        }
        let number = cached(ttl: 60, key: "number", manager: manager) { [loads] () async in loads.increment() }
        let policy = CachePolicy(staleWhileRevalidate: .seconds(600), staleIfError: .seconds(600))
        let stale = cached(ttl: 60, key: "stale", manager: manager, policy: policy) { [loads] () async in
            loads.increment()
        }
        #expect(try await stale() == 1)
        clock.advance(by: .seconds(61))
        #expect(try await number() == 2)
        #expect(try await number() == 2)
        let waiting = Task { try await slow() }
        await gate.waitForArrivals(1)
        let end = startImmediately { await manager.shutdown() }
        // While the shutdown waits for the load, no call uses the cache.
        for call in 3...5 { #expect(try await number() == call) }
        #expect(try await number.refresh() == 6)
        #expect(try await stale() == 7)
        #expect(try await number.peek() == nil)
        #expect(try await manager.get("number", as: Int.self) == nil)
        #expect(try await manager.has("number") == false)
        #expect(try await manager.ttl(of: "number") == nil)
        await #expect(throws: CacheError.shutDown) { try await manager.set("k", 1) }
        await #expect(throws: CacheError.shutDown) { try await number.prime(1) }
        await #expect(throws: CacheError.shutDown) { try await manager.delete("k") }
        await #expect(throws: CacheError.shutDown) { try await manager.invalidate("k*") }
        await #expect(throws: CacheError.shutDown) { try await manager.invalidate(tag: "t") }
        await #expect(throws: CacheError.shutDown) { try await manager.clear() }
        gate.open()
        #expect(try await waiting.value == "loaded")
        try await end.value
        for call in 8...10 { #expect(try await number() == call) }
        #expect(try await manager.getOrSet("new") { () async in 1 } == 1)
        #expect(manager.statistics.bypasses == 9)
    }

    @Test(arguments: InvalidationDuringLoadTests.Backend.allCases)
    func runReturnsWhenTheManagerIsShutDown(_ backend: InvalidationDuringLoadTests.Backend) async throws {
        let manager = manager(backend)
        let function = cached(ttl: 60, key: "k", manager: manager) { () async in 1 }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<3 { group.addTask { await manager.run() } }
            group.addTask {
                let value = try await function()
                #expect(value == 1)
                await manager.shutdown()
            }
            try await group.waitForAll()
        }
        // After a shutdown, it returns at once.
        await manager.run()
    }

    @Test func aCancelledRunMayBeginAgain() async throws {
        let manager = CacheManager(backend: MemoryBackend(clock: clock), clock: clock)
        for _ in 0..<3 {
            let running = Task { await manager.run() }
            await clock.waitForSleepers(1)
            running.cancel()
            await running.value
        }
        let running = Task { await manager.run() }
        await clock.waitForSleepers(1)
        await manager.shutdown()
        await running.value
    }

    @Test func `a backend whose shutdown hangs does not delay the others`() async throws {
        let (hanging, other) = (ClosingBackend(hangs: true), ClosingBackend(hangs: false))
        let manager = CacheManager(backend: hanging, named: ["other": other], clock: clock)
        try await manager.set("k", 1)
        // Advances the clock while a task sleeps on it.
        let time = Task { [clock] in
            while !Task.isCancelled {
                await clock.waitForSleepers(1)
                clock.advance(by: .seconds(1))
            }
        }
        await manager.shutdown()
        #expect(hanging.shutdowns.count == 1)
        #expect(other.shutdowns.count == 1)
        #expect(clock.now < CacheInstant(nanoseconds: 60_000_000_000))
        time.cancel()
        hanging.gate.open()
        let last = Task { [clock] in try? await clock.sleep(until: .distantFuture) }
        await time.value
        last.cancel()
    }

    @Test(arguments: InvalidationDuringLoadTests.Backend.allCases)
    func `each call gets its value when a shutdown comes among many calls`(
        _ backend: InvalidationDuringLoadTests.Backend
    ) async throws {
        for _ in 0..<20 {
            let manager = manager(backend)
            let function = cached(ttl: 60, key: { "k:\($0)" }, manager: manager) { (number: Int) async in
                await Task.yield()
                return number
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<200 {
                    group.addTask {
                        let value =
                            number.isMultiple(of: 5)
                            ? try await function.refresh(number % 20)
                            : try await function(number % 20)
                        guard value == number % 20 else { throw SourceFailure() }
                    }
                    if number == 100 { group.addTask { await manager.shutdown() } }
                }
                try await group.waitForAll()
            }
        }
    }
}

/// A backend whose shutdown can hang.
private final class ClosingBackend: ManagedBackend {
    let shutdowns = CallCounter()
    let gate = Gate()
    private let hangs: Bool

    init(hangs: Bool) { self.hangs = hangs }

    func shutdown() async {
        shutdowns.increment()
        if hangs { try? await gate.pass(ignoringCancellation: true) }
    }
    func get(_ key: String) async throws -> CacheEntry? { nil }
    func set(_ key: String, _ entry: CacheEntry, ttl: Duration?) async throws {}
    func delete(_ key: String) async throws -> Bool { false }
    func invalidate(_ pattern: KeyPattern) async throws -> Int { 0 }
    func has(_ key: String) async throws -> Bool { false }
    func clear() async throws {}
}
