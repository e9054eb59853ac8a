// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import Testing

@Suite("A cache that is switched off")
struct SwitchedOffTests {
    private let loads = CallCounter()

    private func manager() async throws -> CacheManager {
        try await CacheManager.make(["default": ["driver": "none"]])
    }

    @Test func `calls the function each time by every operation`() async throws {
        let manager = try await manager()
        let policies = [
            CachePolicy(), CachePolicy(staleWhileRevalidate: .seconds(60), staleIfError: .seconds(60)),
            CachePolicy(loadTimeout: .seconds(1)),
        ]
        for policy in policies {
            loads.reset(to: 0)
            let function = cached(ttl: 60, key: "k", manager: manager, policy: policy) { [loads] () async in
                loads.increment()
            }
            for call in 1...3 { #expect(try await function() == call) }
            #expect(try await function.refresh() == 4)
            try await function.prime(100)
            #expect(try await function() == 5)
            #expect(try await function.peek() == nil)
            let loaded = try await manager.getOrSet("k") { [loads] () async -> Int in loads.increment() }
            #expect(loaded == 6)
        }
    }

    @Test func callsTheFunctionForEachOfManyCallers() async throws {
        let manager = try await manager()
        let function = cached(ttl: 60, key: "k", manager: manager) { [loads] in
            await Task.yield()
            return loads.increment()
        }
        let values = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<1000 { group.addTask { try await function() } }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(values == Set(1...1000))
        let statistics = manager.statistics
        #expect((statistics.requests, statistics.bypasses, statistics.loads) == (0, 1000, 0))
        #expect(manager.health.isEmpty)
    }

    @Test func passesErrorsAndCancellationThrough() async throws {
        let manager = try await manager()
        let failing = cached(ttl: 60, key: "k", manager: manager) { () async throws -> Int in throw SourceFailure() }
        await #expect(throws: SourceFailure.self) { try await failing() }
        await #expect(throws: SourceFailure.self) { try await failing.refresh() }
        let gate = Gate()
        let waiting = cached(ttl: 60, key: "k", manager: manager) {
            try await gate.pass()
            return 1
        }
        let caller = Task { try await waiting() }
        await gate.waitForArrivals(1)
        caller.cancel()
        await #expect(throws: CancellationError.self) { try await caller.value }
    }

    @Test func hasNothingAndChangesNothingWithoutAnError() async throws {
        let manager = try await manager()
        try await manager.set("k", 1, tags: ["t"])
        #expect(try await manager.get("k", as: Int.self) == nil)
        #expect(try await manager.has("k") == false)
        #expect(try await manager.ttl(of: "k") == nil)
        #expect(try await manager.delete("k") == false)
        #expect(try await manager.invalidate("k*") == 0)
        try await manager.invalidate(tag: "t")
        try await manager.clear()
        let users = Cache<Int>(namespace: "users", manager: manager)
        try await users.set("1", 1)
        #expect(try await users.get("1") == nil)
        #expect(try await users.invalidate() == 0)
        #expect(manager.statistics.misses == 2)
        #expect(manager.statistics.hits == 0)
        await #expect(throws: CacheError.self) { try await manager.set("", 1) }
        await #expect(throws: CacheError.self) { try await manager.invalidate(tag: "a\nb") }
        await manager.run(until: { await manager.shutdown() })
    }

    @Test func `loads within a cache that is switched on are ordinary calls`() async throws {
        let manager = try await CacheManager.make(["default": [:], "off": ["driver": "none"]])
        let inner = cached(ttl: 60, key: "k", cache: "off", manager: manager) { [loads] () async in loads.increment() }
        let outer = cached(ttl: 60, key: "k", manager: manager) { try await inner() + inner() }
        #expect(try await outer() == 3)
        #expect(try await outer() == 3)
    }
}

extension CacheManager {
    /// Runs until it is ended.
    fileprivate func run(until end: @escaping @Sendable () async -> Void) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.run() }
            group.addTask { await end() }
        }
    }
}
