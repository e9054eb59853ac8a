// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import Testing

/// Tests that a refresh that waits for another one has the context of its own caller.
@Suite("Refreshes that wait", .enabled(if: canStartImmediately))
struct WaitingRefreshTests {
    private let manager = MemorySetup().manager
    private let gate = Gate()
    private let loads = CallCounter()

    private func function(_ second: @escaping @Sendable () async throws -> String) -> CachedFunction<String> {
        cached(ttl: 60, key: "k", manager: manager) { [gate, loads] in
            if loads.increment() == 1 {
                try await gate.pass()
                return "first"
            }
            return try await second()
        }
    }

    /// Starts two refreshes, of which the second waits for the first.
    private func start(_ function: CachedFunction<String>) async -> [Task<String, any Error>] {
        let first = Caller.$name.withValue("one") { Task { try await function.refresh() } }
        await gate.waitForArrivals(1)
        let second = Caller.$name.withValue("two") { startImmediately { try await function.refresh() } }
        return [first, second]
    }

    @Test func `a waiting refresh has the task-local values of its caller`() async throws {
        let tasks = await start(function { Caller.name })
        Caller.$name.withValue("opener") { gate.open() }
        #expect(try await tasks[0].value == "first")
        #expect(try await tasks[1].value == "two")
    }

    @Test func `a refresh that an invalidation starts has the task-local values of its caller`() async throws {
        let function = function { Caller.name }
        let tasks = await start(function)
        try await Caller.$name.withValue("invalidation") { _ = try await function.invalidate() }
        #expect(try await tasks[1].value == "two")
        gate.open()
        #expect(try await tasks[0].value == "first")
    }

    @Test func `a refresh that a load starts may ask for that load`() async throws {
        let nested = Nested(manager: manager, gate: gate, loads: loads)
        let function = nested.function
        let tasks = await start(function)
        // This load starts the refresh, which asks for this load.
        #expect(try await nested.invalidating() == "done")
        #expect(try await tasks[1].value == "done")
        gate.open()
        _ = try await tasks[0].value
    }

    @Test func `a waiting refresh without callers never loads`() async throws {
        let tasks = await start(function { "second" })
        tasks[1].cancel()
        await #expect(throws: CancellationError.self) { try await tasks[1].value }
        gate.open()
        #expect(try await tasks[0].value == "first")
        #expect(try await function { "second" }() == "first")
        #expect(loads.count == 1)
    }

    @Test func `a refresh is stored after many concurrent refreshes and invalidations`() async throws {
        let seed = UInt64.random(in: 0 ... .max)
        let function = cached(ttl: 60, key: "k", manager: manager) { [loads] in
            let number = loads.increment()
            await Task.yield()
            return number
        }
        await withTaskGroup(of: Void.self) { group in
            for worker in 0..<8 {
                group.addTask {
                    var random = SeededGenerator(seed: seed &+ UInt64(worker))
                    for _ in 0..<300 {
                        let refresh = Task { try await function.refresh() }
                        switch Int.random(in: 0..<4, using: &random) {
                        case 0: refresh.cancel()
                        case 1: _ = try? await function.invalidate()
                        default: break
                        }
                        _ = try? await refresh.value
                    }
                }
            }
        }
        let last = loads.count
        #expect(try await function.refresh() == last + 1, "seed \(seed)")
        #expect(try await function() == last + 1, "seed \(seed)")
    }
}

private enum Caller {
    @TaskLocal static var name = "none"
}

/// A function, and a second function that the first one calls and that invalidates the first one.
private struct Nested {
    let manager: CacheManager
    let gate: Gate
    let loads: CallCounter

    var function: CachedFunction<String> {
        cached(ttl: 60, key: "k", manager: manager) {
            if loads.increment() == 1 { try await gate.pass() }
            return try await invalidating()
        }
    }

    func invalidating() async throws -> String {
        let outer = cached(ttl: 60, key: "outer", manager: manager) {
            let events = manager.events()
            try await function.invalidate()
            // The refresh asks for this load while it runs, or is refused.
            _ = await events.first { event in
                switch event.kind {
                case .joined, .loadFailed: true
                default: false
                }
            }
            return "done"
        }
        return try await outer()
    }
}
