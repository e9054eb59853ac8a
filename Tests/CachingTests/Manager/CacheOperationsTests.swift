// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import Testing

@Suite("The manager, the proxy and typed namespaces", .cacheManager)
struct CacheOperationsTests {
    @Test func aValueIsFoundUntilItIsRemoved() async throws {
        try await cache.set("users:1", Person(name: "Ada"), ttl: 600)
        #expect(try await cache.get("users:1") == Person(name: "Ada"))
        #expect(try await cache.has("users:1"))
        #expect(try await cache.ttl(of: "users:1") == .seconds(600))
        #expect(try await cache.delete("users:1"))
        #expect(try await cache.delete("users:1") == false)
        #expect(try await cache.get("users:1", as: Person.self) == nil)
        #expect(try await cache.ttl(of: "users:1") == nil)
    }

    @Test func getOrSetLoadsOnce() async throws {
        let calls = CallCounter()
        for _ in 0..<3 {
            let value = try await cache.getOrSet("count", ttl: 60) { calls.increment() }
            #expect(value == 1)
        }
    }

    @Test func `a pattern removes a namespace, and clear removes all keys`() async throws {
        for key in ["users:1", "users:2", "orders:1"] { try await cache.set(key, key) }
        #expect(try await cache.invalidate("users:*") == 2)
        #expect(try await cache.has("orders:1"))
        #expect(try await cache.invalidate("orders:1") == 1)
        try await cache.set("a", 1)
        try await cache.clear()
        #expect(try RecordingBackend.current.keys == [])
    }

    @Test(arguments: ["", " ", "a\u{7F}b"])
    func invalidTagsAreRefused(tag: String) async throws {
        await #expect(throws: CacheError.self) { try await cache.invalidate(tag: tag) }
        await #expect(throws: CacheError.self) { try await cache.set("k", 1, tags: [tag]) }
    }

    @Test func `caches with prefixes on one backend have separate keys`() async throws {
        let clock = ManualClock()
        let backend = RecordingBackend(clock: clock)
        let manager = CacheManager(
            backend: backend,
            named: ["sessions": backend],
            prefix: "shop",
            version: "v2",
            clock: clock
        )
        let sessions = try manager.named("sessions")
        try await manager.set("a", 1)
        try await sessions.set("a", 2)
        #expect(backend.keys == ["shop:v2:default:a", "shop:v2:sessions:a"])
        #expect(try await manager.get("a") == 1)
        #expect(try await sessions.get("a") == 2)
        try await sessions.clear()
        #expect(backend.keys == ["shop:v2:default:a"])
        #expect(sessions.name == "sessions")
        #expect(manager.names == ["default", "sessions"])
    }

    @Test func `clearing the default cache keeps the entries of another cache on its backend`() async throws {
        let backend = MemoryBackend()
        let manager = CacheManager(backend: backend, named: ["sessions": backend])
        let sessions = try manager.named("sessions")
        try await manager.set("sessions:k", 1)
        try await sessions.set("k", 2)
        #expect(try await manager.get("sessions:k") == 1)
        try await manager.clear()
        #expect(try await manager.has("sessions:k") == false)
        #expect(try await sessions.get("k") == 2)
    }

    @Test func aPatternRemovesNoStampOfATag() async throws {
        let clock = ManualClock()
        let backend = SixFunctionBackend(RecordingBackend(storage: .bytes, clock: clock))
        let manager = CacheManager(backend: backend, clock: clock)
        for pattern: KeyPattern in ["*7", "*tag*", "*:*", "*_*", "a*", "*e"] {
            try await manager.set("users:1", "Ada", tags: ["team7"])
            try await manager.invalidate(tag: "team7")
            try await manager.invalidate(pattern)
            #expect(try await manager.has("users:1") == false)
            #expect(try await manager.get("users:1", as: String.self) == nil)
        }
        try await manager.set("users:1", "Grace", tags: ["team7"])
        #expect(try await manager.get("users:1") == "Grace")
    }

    @Test func aNewVersionFindsNothingOfTheOldOne() async throws {
        let old = Cache<String>(namespace: "users", ttl: 60, prefix: "shop", version: "v1")
        let new = Cache<String>(namespace: "users", ttl: 60, prefix: "shop", version: "v2")
        try await old.set("1", "Ada")
        #expect(try await new.get("1") == nil)
        #expect(old.key(for: "1") == "shop:v1:users:1")
    }

    @Test func aTypedNamespaceHasTheOperationsOfAManager() async throws {
        let users = Cache<Person?>(namespace: "users", ttl: 60)
        #expect(try await users.getOrSet("1") { nil } == .some(nil))
        #expect(try await users.get("1") == .some(nil))
        #expect(try await users.has("1"))
        #expect(try await users.ttl(of: "1") == .seconds(60))
        #expect(try await users.delete("1"))
        try await users.set("2", Person(name: "Grace"), tags: ["team"])
        try await users.set("20", nil)
        try await cache.set("users-of-others", 1)
        #expect(try await users.invalidate("2*") == 2)
        try await users.set("3", nil)
        #expect(try await users.invalidate() == 1)
        #expect(try await cache.has("users-of-others"))
    }

    @Test func `a namespace and an identifier are never read as another pair`() async throws {
        let pairs = [
            (Cache<Int>(namespace: "a:b"), "c"), (Cache<Int>(namespace: "a"), "b:c"),
            (Cache<Int>(namespace: "a%3Ab"), "c"),
            (Cache<Int>(namespace: "a*"), "c"), (Cache<Int>(namespace: "ab"), "c"),
            (Cache<Int>(namespace: "b", prefix: "a"), "c"),
        ]
        for (index, pair) in pairs.enumerated() { try await pair.0.set(pair.1, index) }
        for (index, pair) in pairs.enumerated() { #expect(try await pair.0.get(pair.1) == index) }
        #expect(try await pairs[3].0.invalidate() == 1)
        #expect(try await pairs[4].0.get("c") == 4)
    }

    @Test func identifiersAreChecked() async throws {
        let users = Cache<Int>(namespace: "users")
        for identifier in ["", "  ", "a\nb", String(repeating: "x", count: 1025)] {
            await #expect(throws: CacheError.self) { try await users.get(identifier) }
            await #expect(throws: CacheError.self) { try await users.set(identifier, 1) }
        }
    }

    @Test func `withCacheManager reaches child tasks and tasks, and no detached tasks`() async throws {
        let clock = ManualClock()
        let backend = RecordingBackend(clock: clock)
        try await withCacheManager(CacheManager(backend: backend, clock: clock)) {
            async let child: Void = cache.set("child", 1)
            try await child
            try await Task { try await cache.set("task", 1) }.value
            // The detached task uses the process-wide manager, which another test may have configured.
            await Task.detached { try? await cache.set("detached", 1) }.value
        }
        #expect(backend.keys == ["child", "task"])
        #expect(try RecordingBackend.current.keys == [])
    }

    @Test func errorsHaveReadableDescriptions() {
        #expect(CacheError.notConfigured.description.contains("CacheManager.configure"))
        #expect("\(CacheError.unknownCache(name: "x", known: ["b", "a"]))".contains("\"a\", \"b\""))
        let long = CacheError.invalidKey(key: String(repeating: "k", count: 2000), reason: "it is long").description
        #expect(long.count < 200)
        #expect(CacheError.invalidKey(key: "a\nb", reason: "r").description.contains("\\n"))
    }
}
