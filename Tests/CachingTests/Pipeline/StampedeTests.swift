// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import Testing

@Suite("One load per key")
struct StampedeTests {
    @Test func `ten thousand callers of a hundred cold keys cause a hundred loads`() async throws {
        let loads = CallCounter()
        let setup = MemorySetup()
        let users = cached(ttl: 60, key: { "users:\($0)" }, manager: setup.manager) { (id: Int) in
            loads.increment()
            await Task.yield()
            return "user \(id)"
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for caller in 0..<10_000 {
                group.addTask {
                    let user = try await users(caller % 100)
                    guard user == "user \(caller % 100)" else { throw SourceFailure() }
                }
            }
            try await group.waitForAll()
        }
        #expect(loads.count == 100)
        let statistics = setup.manager.statistics
        #expect(statistics.requests == 10_000)
        #expect(statistics.loads == 100)
    }

    @Test(arguments: [RecordingBackend.Storage.values, .bytes])
    func `two thousand callers on a backend that suspends cause one load per key`(storage: RecordingBackend.Storage)
        async throws
    {
        let loads = CallCounter()
        let clock = ManualClock()
        let manager = CacheManager(backend: RecordingBackend(storage: storage, clock: clock), clock: clock)
        let users = cached(ttl: 60, key: { "users:\($0)" }, manager: manager) { (id: Int) in
            loads.increment()
            await Task.yield()
            return "user \(id)"
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for caller in 0..<2000 { group.addTask { _ = try await users(caller % 20) } }
            try await group.waitForAll()
        }
        #expect(loads.count == 20)
    }

    @Test func `callers of one key get the value of one load`() async throws {
        let gate = Gate()
        let loads = CallCounter()
        let setup = MemorySetup()
        let answer = cached(ttl: 60, key: "answer", manager: setup.manager) {
            let number = loads.increment()
            try await gate.pass()
            return number
        }
        let results = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<64 { group.addTask { try await answer() } }
            await gate.waitForArrivals(1)
            gate.open()
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(results == Array(repeating: 1, count: 64))
        #expect(setup.manager.statistics.loads == 1)
        #expect(setup.manager.statistics.hits + setup.manager.statistics.misses == 64)
    }

    @Test func `only the caller that begins the load computes its tags`() async throws {
        let gate = Gate()
        let tags = CallCounter()
        let setup = MemorySetup()
        let makeTags: @Sendable (Int) -> [String] = { _ in
            tags.increment()
            return ["numbers"]
        }
        let answer = cached(ttl: 60, key: { "answer:\($0)" }, tags: .from(makeTags), manager: setup.manager) {
            (number: Int) in
            try await gate.pass()
            return number
        }
        let events = setup.manager.events()
        let first = Task { try await answer(1) }
        await gate.waitForArrivals(1)
        let others = (0..<10).map { _ in Task { try await answer(1) } }
        await events.waitForJoiners(10)
        gate.open()
        for task in others + [first] { #expect(try await task.value == 1) }
        #expect(try await answer(1) == 1)
        #expect(tags.count == 1)
        #expect(setup.manager.statistics.misses == 11)
        #expect(setup.manager.statistics.hits == 1)
    }

    @Test func `a call with an invalid key is no miss and also runs in a cancelled task`() async throws {
        let setup = MemorySetup()
        let calls = CallCounter()
        let function = cached(ttl: 60, key: "a\nb", manager: setup.manager) { () async in calls.increment() }
        #expect(try await function() == 1)
        let cancelled = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await function()
        }
        #expect(try await cancelled.value == 2)
        #expect(setup.manager.statistics.requests == 0)
    }

    @Test(.enabled(if: canEscalate, "the system cannot raise the priority of a task"))
    func `a caller of higher priority raises the priority of the load it joins`() async throws {
        let gate = Gate()
        let loads = CallCounter()
        let setup = MemorySetup()
        let policy = CachePolicy(staleWhileRevalidate: .seconds(30))
        let isRaised = cached(ttl: 60, key: "answer", manager: setup.manager, policy: policy) {
            if loads.increment() > 1 { try await gate.pass() }
            return Task.currentPriority == .high
        }
        _ = try await isRaised()
        setup.clock.advance(by: .seconds(61))
        // The stale value answers. When the call returns, a load of low priority has begun in the background.
        _ = try await Task(priority: .low) { try await isRaised() }.value
        await gate.waitForArrivals(1)
        // The stale window has ended, and the load can still be joined.
        setup.clock.advance(by: .milliseconds(29_500))
        let events = setup.manager.events()
        let urgent = Task(priority: .high) { try await isRaised() }
        await events.waitForJoiners(1)
        gate.open()
        #expect(try await urgent.value)
    }

    private static var canEscalate: Bool {
        if #available(macOS 26, iOS 26, tvOS 26, watchOS 26, visionOS 26, *) { true } else { false }
    }

    @Test func `an error reaches all waiters and is not cached`() async throws {
        let gate = Gate()
        let loads = CallCounter()
        let setup = MemorySetup()
        let answer = cached(ttl: 60, key: "answer", manager: setup.manager) {
            guard loads.increment() > 1 else {
                try await gate.pass()
                throw SourceFailure()
            }
            return 42
        }
        let events = setup.manager.events()
        let first = Task { try await answer() }
        await gate.waitForArrivals(1)
        let second = Task { try await answer() }
        await events.waitForJoiners(1)
        gate.open()
        await #expect(throws: SourceFailure.self) { try await first.value }
        await #expect(throws: SourceFailure.self) { try await second.value }
        #expect(try await answer() == 42)
        #expect(setup.manager.statistics.loadFailures == 1)
    }

    @Test func `keys that differ only in their Unicode form do not share a load`() async throws {
        let gate = Gate()
        let setup = MemorySetup()
        let length = cached(ttl: 60, key: { "k:\($0)" }, manager: setup.manager) { (text: String) in
            if text.utf8.count == 2 { try await gate.pass() }
            return text.utf8.count
        }
        let composed = Task { try await length("\u{E9}") }
        await gate.waitForArrivals(1)
        #expect(try await length("e\u{301}") == 3)
        gate.open()
        #expect(try await composed.value == 2)
    }

    @Test func `two functions with one key and different types get their own values`() async throws {
        let gate = Gate()
        let setup = MemorySetup()
        let number = cached(ttl: 60, key: "shared", manager: setup.manager) {
            try await gate.pass()
            return 42
        }
        let text = cached(ttl: 60, key: "shared", manager: setup.manager) { () async in "forty-two" }
        let events = setup.manager.events()
        let loading = Task { try await number() }
        await gate.waitForArrivals(1)
        let joining = Task { try await text() }
        await events.waitForJoiners(1)
        gate.open()
        #expect(try await loading.value == 42)
        #expect(try await joining.value == "forty-two")
        // One value is stored; a read with the other type is a miss, and does not trap.
        #expect(try await text() == "forty-two")
        #expect(try await number() == 42)
    }
}
