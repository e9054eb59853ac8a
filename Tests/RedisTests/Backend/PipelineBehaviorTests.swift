// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingRedis
import RedisTestSupport
import Testing

/// The kinds of storage of a cache.
enum StorageKind: String, CaseIterable, Sendable {
    case memory, redis, valkey

    static var available: [StorageKind] {
        allCases.filter { storage in storage.kind.map(RedisServer.isAvailable) ?? true }
    }

    var kind: RedisServer.Kind? { RedisServer.Kind(rawValue: rawValue) }

    func withManager(_ body: (CacheManager) async throws -> Void) async throws {
        let backend: any CacheBackend
        if let kind { backend = try await TestBackend.make(kind) } else { backend = MemoryBackend() }
        let manager = CacheManager(backend: backend)
        try await body(manager)
        // The tests cause no failures of the backend.
        #expect(manager.statistics.backendFailures == 0)
        #expect(manager.statistics.skippedOperations == 0)
        await manager.shutdown()
    }
}

/// Behaviour of a cache that does not depend on its storage.
@Suite("Caches in memory, on Redis and on Valkey")
struct PipelineBehaviorTests {
    struct Failure: Error {}

    struct User: Codable, Sendable, Hashable {
        var id: Int
        var name: String?
    }

    @Test(arguments: StorageKind.available)
    func `a miss loads and a hit does not`(storage: StorageKind) async throws {
        try await storage.withManager { (manager) async throws in
            let loads = CallCounter()
            let user = cached(key: { "user:\($0)" }, manager: manager) { (id: Int) async in
                loads.increment()
                return User(id: id, name: "größe\n\0")
            }
            for _ in 0..<3 { #expect(try await user(7) == User(id: 7, name: "größe\n\0")) }
            #expect(try await user(8).id == 8)
            #expect(loads.count == 2)
            #expect(manager.statistics.hits == 2 && manager.statistics.misses == 2)
        }
    }

    @Test(arguments: StorageKind.available)
    func `a thousand callers share one load`(storage: StorageKind) async throws {
        try await storage.withManager { (manager) async throws in
            let (loads, gate) = (CallCounter(), Gate())
            let value = cached(key: "k", manager: manager) { () async in
                await gate.pass()
                return loads.increment()
            }
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<1000 { group.addTask { try await value() } }
                try await Waiting.until("all have joined") { manager.statistics.joined == 999 }
                gate.open()
                for try await number in group { #expect(number == 1) }
            }
            #expect(loads.count == 1)
        }
    }

    @Test(arguments: StorageKind.available)
    func `nil is a value`(storage: StorageKind) async throws {
        try await storage.withManager { (manager) async throws in
            let loads = CallCounter()
            let nothing = cached(key: "k", manager: manager) { () async -> Int? in
                loads.increment()
                return nil
            }
            #expect(try await nothing() == nil)
            #expect(try await nothing() == nil)
            #expect(loads.count == 1)
        }
    }

    @Test(arguments: StorageKind.available)
    func `a failed load throws and stores nothing`(storage: StorageKind) async throws {
        try await storage.withManager { (manager) async throws in
            let loads = CallCounter()
            let value = cached(key: "k", manager: manager) { () async throws in
                if loads.increment() == 1 { throw Failure() }
                return 5
            }
            await #expect(throws: Failure.self) { try await value() }
            #expect(try await value() == 5)
        }
    }

    @Test(arguments: StorageKind.available)
    func `a tag invalidates the entries with it`(storage: StorageKind) async throws {
        try await storage.withManager { (manager) async throws in
            try await manager.set("a", 1, tags: ["x", "größe *"])
            try await manager.set("b", 2, tags: ["y"])
            try await manager.set("c", 3)
            try await manager.invalidate(tag: "größe *")
            #expect(try await manager.get("a", as: Int.self) == nil)
            #expect(try await manager.get("b", as: Int.self) == 2)
            #expect(try await manager.get("c", as: Int.self) == 3)
            try await manager.set("a", 4, tags: ["x"])
            #expect(try await manager.get("a", as: Int.self) == 4)
        }
    }

    @Test(arguments: StorageKind.available)
    func `a tag that a load adds invalidates its entry`(storage: StorageKind) async throws {
        try await storage.withManager { (manager) async throws in
            let loads = CallCounter()
            let value = cached(key: "k", tags: ["always"], manager: manager) { () async in
                LoadContext.current?.addTags("added")
                return loads.increment()
            }
            #expect(try await value() == 1)
            #expect(try await value() == 1)
            try await manager.invalidate(tag: "added")
            #expect(try await value() == 2)
            try await manager.invalidate(tag: "always")
            #expect(try await value() == 3)
            #expect(try await value() == 3)
        }
    }

    @Test(arguments: StorageKind.available)
    func `a pattern removes exactly the matching entries`(storage: StorageKind) async throws {
        try await storage.withManager { (manager) async throws in
            let keys = ["a?b:1", "axb:1", "a[x]b:1", "a\\b:1", "a^b:1", "a-b:1", "é:1", "e\u{301}:1", "日:本:1", "a?b"]
            for key in keys { try await manager.set(key, key) }
            for (pattern, gone) in [
                ("a?b:*", ["a?b:1"]), ("a[x]b*", ["a[x]b:1"]), ("a\\b:*", ["a\\b:1"]), ("a^*", ["a^b:1"]),
                ("é:*", ["é:1"]),
                ("日:*:1", ["日:本:1"]),
            ] {
                #expect(try await manager.invalidate(KeyPattern(pattern)) == gone.count, "\(pattern)")
                for key in gone { #expect(try await manager.has(key) == false, "\(pattern)") }
            }
            for key in ["axb:1", "a-b:1", "e\u{301}:1", "a?b"] {
                #expect(try await manager.get(key, as: String.self) == key)
            }
            #expect(try await manager.invalidate("*") == 4)
        }
    }

    @Test(arguments: StorageKind.available)
    func `clear removes everything`(storage: StorageKind) async throws {
        try await storage.withManager { (manager) async throws in
            for number in 0..<50 { try await manager.set("k:\(number)", number, tags: ["t"]) }
            try await manager.clear()
            for number in 0..<50 { #expect(try await manager.has("k:\(number)") == false) }
            try await manager.set("k:1", 7)
            #expect(try await manager.get("k:1", as: Int.self) == 7)
        }
    }

    @Test(arguments: StorageKind.available)
    func `an entry expires`(storage: StorageKind) async throws {
        try await storage.withManager { (manager) async throws in
            let loads = CallCounter()
            let value = cached(ttl: .milliseconds(300), key: "k", manager: manager) { () async in loads.increment() }
            #expect(try await value() == 1)
            let deadline = ContinuousClock.now + .seconds(30)
            while try await value() == 1, ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(20))
            }
            #expect(loads.count >= 2)
        }
    }

    @Test(arguments: StorageKind.available)
    func `lifetimes are reported`(storage: StorageKind) async throws {
        try await storage.withManager { (manager) async throws in
            try await manager.set("forever", 1, ttl: .forever)
            try await manager.set("hour", 1, ttl: 3600)
            try await manager.set("never", 1, ttl: 0)
            let times = (try await manager.ttl(of: "forever"), try await manager.ttl(of: "hour"))
            #expect(times.0 == TTL.forever)
            for key in ["none", "never"] {
                let time = try await manager.ttl(of: key)
                #expect(time == nil)
            }
            let hour = try #require(times.1)
            #expect(isBetween(hour, 3000, 3600))
        }
    }

    @Test(arguments: StorageKind.available)
    func `a stale value is returned during a renewal`(storage: StorageKind) async throws {
        try await storage.withManager { (manager) async throws in
            let loads = CallCounter()
            let policy = CachePolicy(staleWhileRevalidate: .seconds(600))
            let value = cached(ttl: .milliseconds(50), key: "k", manager: manager, policy: policy) { () async in
                loads.increment()
            }
            #expect(try await value() == 1)
            try await Task.sleep(for: .milliseconds(60))
            #expect(try await value() == 1)
            try await Waiting.until("it is renewed") { loads.count >= 2 }
            #expect(manager.statistics.staleHits >= 1)
        }
    }

    @Test(arguments: StorageKind.available)
    func `a stale value is returned after a failed load`(storage: StorageKind) async throws {
        try await storage.withManager { (manager) async throws in
            let loads = CallCounter()
            let policy = CachePolicy(staleIfError: .seconds(600))
            let value = cached(ttl: .milliseconds(50), key: "k", manager: manager, policy: policy) { () async throws in
                guard loads.increment() == 1 else { throw Failure() }
                return "old"
            }
            #expect(try await value() == "old")
            try await Task.sleep(for: .milliseconds(60))
            #expect(try await value() == "old")
            #expect(loads.count == 2)
        }
    }

    @Test(arguments: StorageKind.available)
    func `a load is not stored after a change during it`(storage: StorageKind) async throws {
        let changes: [@Sendable (CacheManager) async throws -> Void] = [
            { try await $0.delete("k") }, { try await $0.invalidate(tag: "t") }, { try await $0.clear() },
            { _ = try await $0.invalidate("k*") },
        ]
        for (number, change) in changes.enumerated() {
            try await storage.withManager { (manager) async throws in
                let (loads, gate) = (CallCounter(), Gate())
                let value = cached(key: "k", tags: ["t"], manager: manager) { () async in
                    let number = loads.increment()
                    if number == 1 { await gate.pass() }
                    return number
                }
                let first = Task { try await value() }
                try await Waiting.until { gate.arrivals == 1 }
                try await change(manager)
                gate.open()
                _ = try await first.value
                #expect(try await value() == 2, "change \(number)")
            }
        }
    }

    @Test(arguments: StorageKind.available)
    func `a set during a load wins`(storage: StorageKind) async throws {
        try await storage.withManager { (manager) async throws in
            let gate = Gate()
            let value = cached(key: "k", manager: manager) { () async in
                await gate.pass()
                return 1
            }
            let first = Task { try await value() }
            try await Waiting.until { gate.arrivals == 1 }
            try await manager.set("k", 2)
            gate.open()
            _ = try await first.value
            #expect(try await value() == 2)
        }
    }

    @Test(arguments: StorageKind.available)
    func `a load sets its lifetime or skips the cache`(storage: StorageKind) async throws {
        try await storage.withManager { (manager) async throws in
            let loads = CallCounter()
            let brief = cached(key: "brief", manager: manager) { () async in
                LoadContext.current?.ttl = 3600
                return loads.increment()
            }
            _ = try await brief()
            let time = try await manager.ttl(of: "brief")
            let lifetime = try #require(time)
            #expect(isBetween(lifetime, 3000, 3600))
            let skipped = cached(key: "skipped", manager: manager) { () async in
                LoadContext.current?.skip()
                return loads.increment()
            }
            #expect(try await skipped() == 2)
            #expect(try await skipped() == 3)
        }
    }

    @Test(arguments: StorageKind.available)
    func `an entry is peeked, primed, refreshed and invalidated`(storage: StorageKind) async throws {
        try await storage.withManager { (manager) async throws in
            let loads = CallCounter()
            let value = cached(key: { "v:\($0)" }, manager: manager) { (id: Int) async in loads.increment() * 10 }
            #expect(try await value.peek(1) == nil)
            try await value.prime(5, for: 1)
            #expect(try await value(1) == 5)
            #expect(try await value.refresh(1) == 10)
            #expect(try await value.peek(1) == 10)
            #expect(try await value.invalidate(1))
            #expect(try await value.invalidate(1) == false)
            #expect(try await value(1) == 20)
        }
    }

    @Test(arguments: StorageKind.available)
    func `an entry of another type is a miss`(storage: StorageKind) async throws {
        try await storage.withManager { (manager) async throws in
            try await manager.set("k", 5)
            #expect(try await manager.get("k", as: String.self) == nil)
            #expect(try await manager.get("k", as: Int.self) == 5)
        }
    }

    @Test(arguments: StorageKind.available)
    func `cancelled callers do not cancel the load of others`(storage: StorageKind) async throws {
        try await storage.withManager { (manager) async throws in
            let gate = Gate()
            let value = cached(key: "k", manager: manager) { () async in
                await gate.pass()
                return 1
            }
            let leaving = (0..<100).map { _ in Task { try await value() } }
            let staying = Task { try await value() }
            try await Waiting.until("all have joined") { manager.statistics.joined == 100 }
            for task in leaving { task.cancel() }
            for task in leaving { await #expect(throws: CancellationError.self) { try await task.value } }
            gate.open()
            #expect(try await staying.value == 1)
            #expect(try await value() == 1)
        }
    }

    @Test(arguments: StorageKind.available)
    func `large values are stored`(storage: StorageKind) async throws {
        try await storage.withManager { (manager) async throws in
            let large = String(repeating: "0123456789é", count: 400_000)
            try await manager.set("k", large)
            #expect(try await manager.get("k", as: String.self) == large)
        }
    }

    @Test(arguments: StorageKind.available)
    func `getOrSet loads once`(storage: StorageKind) async throws {
        try await storage.withManager { (manager) async throws in
            let loads = CallCounter()
            for _ in 0..<3 { #expect(try await manager.getOrSet("k") { loads.increment() } == 1) }
        }
    }

    @Test(arguments: StorageKind.available)
    func `the codec of a function is used`(storage: StorageKind) async throws {
        try await storage.withManager { (manager) async throws in
            let loads = CallCounter()
            let value = cached(key: "k", manager: manager, codec: .cbor) { () async in
                loads.increment()
                return User(id: 1, name: "Ada")
            }
            for _ in 0..<2 { #expect(try await value() == User(id: 1, name: "Ada")) }
            #expect(loads.count == 1)
        }
    }

    /// Returns whether a lifetime is within bounds in seconds.
    private func isBetween(_ lifetime: TTL, _ least: Int, _ most: Int) -> Bool {
        guard let duration = lifetime.lifetime else { return false }
        return duration >= .seconds(least) && duration <= .seconds(most)
    }
}
