// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import Testing

/// Tests of the caches of one manager that store their entries in one backend.
@Suite("Caches that share a backend")
struct SharedBackendTests {
    enum Kind: CaseIterable {
        case memory, values, bytes, managedClass, structs, structWithMemory
    }

    /// The origin of the backends of a manager.
    enum Maker: CaseIterable {
        case initializer, configuration
    }

    private static func backend(_ kind: Kind) -> @Sendable () -> any CacheBackend {
        let recording = RecordingBackend(storage: kind == .values ? .values : .bytes)
        let memory = MemoryBackend()
        let managed = ManagedStore()
        return {
            switch kind {
            case .memory: memory
            case .values, .bytes: recording
            case .managedClass: managed
            case .structs: PlainBackend(recording)
            case .structWithMemory: PlainBackend(memory)
            }
        }
    }

    private static func manager(_ kind: Kind, _ maker: Maker) async throws -> CacheManager {
        let make = backend(kind)
        switch maker {
        case .initializer: return CacheManager(backend: make(), named: ["sessions": make(), "pages": make()])
        case .configuration:
            let driver = CacheDriver("shared") { _ in make() }
            return try await CacheManager.make(
                ["default": ["driver": "shared"], "sessions": [:], "pages": [:]],
                drivers: [driver]
            )
        }
    }

    @Test(arguments: Kind.allCases, Maker.allCases)
    func `a change of one cache affects no other cache`(_ kind: Kind, _ maker: Maker) async throws {
        let manager = try await Self.manager(kind, maker)
        let (sessions, pages) = (try manager.named("sessions"), try manager.named("pages"))
        func fill() async throws {
            for key in ["k", "sessions:k", "pages:k", "default:k"] {
                try await manager.set(key, "default", tags: ["t"])
                try await sessions.set(key, "sessions", tags: ["t"])
                try await pages.set(key, "pages", tags: ["t"])
            }
        }
        func values(_ cache: some CacheOperations) async throws -> Set<String?> {
            var values: Set<String?> = []
            for key in ["k", "sessions:k", "pages:k", "default:k"] {
                values.insert(try await cache.get(key, as: String.self))
            }
            return values
        }
        let standard = try manager.named("default")
        let changes: [(cache: NamedCache, change: (NamedCache) async throws -> Void)] = [
            (standard, { _ = try await $0.invalidate("*") }),
            (sessions, { _ = try await $0.invalidate("*") }),
            (standard, { try await $0.clear() }), (pages, { try await $0.clear() }),
            (standard, { try await $0.invalidate(tag: "t") }),
            (sessions, { try await $0.invalidate(tag: "t") }),
            (standard, { _ = try await $0.invalidate("*k") }),
            (pages, { _ = try await $0.invalidate("*:k*") }),
        ]
        for (number, (changed, change)) in changes.enumerated() {
            try await fill()
            try await change(changed)
            for cache in [standard, sessions, pages] where cache.name != changed.name {
                #expect(try await values(cache) == [cache.name], "change \(number)")
            }
            let left = try await values(changed)
            #expect(left == [nil] || (number == 7 && left == [nil, "pages"]), "change \(number)")
        }
        await manager.shutdown()
    }

    @Test(arguments: Kind.allCases, Maker.allCases)
    func `each cache counts its own reads and changes`(_ kind: Kind, _ maker: Maker) async throws {
        let manager = try await Self.manager(kind, maker)
        let sessions = try manager.named("sessions")
        let function = cached(ttl: 60, key: "k", manager: manager) { () async in 1 }
        let other = cached(ttl: 60, key: "k", cache: "sessions", manager: manager) { () async in 2 }
        for _ in 0..<11 { #expect(try await function() == 1) }
        for _ in 0..<5 { #expect(try await other() == 2) }
        _ = try await sessions.get("nothing", as: Int.self)
        try await sessions.invalidate(tag: "t")
        var statistics = manager.statistics
        #expect((statistics.hits, statistics.misses, statistics.loads, statistics.invalidations) == (10, 1, 1, 0))
        statistics = sessions.statistics
        #expect((statistics.hits, statistics.misses, statistics.loads, statistics.invalidations) == (4, 2, 1, 1))
        #expect(try manager.named("pages").statistics.requests == 0)
        await manager.shutdown()
    }

    @Test(arguments: Kind.allCases, Maker.allCases)
    func eachCacheReportsToItsOwnListeners(_ kind: Kind, _ maker: Maker) async throws {
        let manager = try await Self.manager(kind, maker)
        let sessions = try manager.named("sessions")
        let (events, others) = (manager.events(), sessions.events())
        try await manager.set("k", 1)
        try await sessions.set("s", 1)
        try await sessions.delete("s")
        await manager.shutdown()
        for (listener, name, count) in [(events, "default", 1), (others, "sessions", 2)] {
            var seen = 0
            for await event in listener {
                #expect(event.cache == name)
                #expect(event.key?.hasPrefix("\(name):") == true)
                seen += 1
            }
            #expect(seen == count)
        }
    }

    @Test(arguments: Kind.allCases)
    func cachesDoNotShareLoads(_ kind: Kind) async throws {
        let manager = try await Self.manager(kind, .configuration)
        let gate = Gate()
        let function = cached(ttl: 60, key: "k", manager: manager) {
            try await gate.pass()
            return 1
        }
        let other = cached(ttl: 60, key: "k", cache: "sessions", manager: manager) { () async in 2 }
        let first = Task { try await function() }
        await gate.waitForArrivals(1)
        #expect(try await other() == 2)
        // A change of one cache does not supersede the load of the other.
        try await manager.named("sessions").clear()
        gate.open()
        #expect(try await first.value == 1)
        #expect(manager.statistics.discarded == 0)
        await manager.shutdown()
    }

    @Test(arguments: Maker.allCases)
    func aSharedBackendIsRunAndClosedOnce(_ maker: Maker) async throws {
        let store = ManagedStore()
        let manager: CacheManager
        switch maker {
        case .initializer: manager = CacheManager(backend: store, named: ["a": store, "b": store])
        case .configuration:
            let driver = CacheDriver("shared") { _ in store }
            manager = try await CacheManager.make(
                ["default": ["driver": "shared"], "a": [:], "b": [:]],
                drivers: [driver]
            )
        }
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<3 { group.addTask { await manager.run() } }
            await store.running.waitForArrivals(1)
            for _ in 0..<3 { group.addTask { await manager.shutdown() } }
        }
        await manager.shutdown()
        await manager.run()
        #expect(store.runs.count == 1)
        #expect(store.shutdowns.count == 1)
    }

    @Test func `a shared backend is closed once when another driver throws`() async throws {
        let store = ManagedStore()
        let drivers = [CacheDriver("shared") { _ in store }, CacheDriver("bad") { _ in throw SourceFailure() }]
        await #expect(throws: CacheConfigurationError.self) {
            try await CacheManager.make(
                ["default": ["driver": "shared"], "a": ["driver": "shared"], "b": ["driver": "bad"]],
                drivers: drivers
            )
        }
        #expect(store.shutdowns.count == 1)
    }

    @Test func `prefixes separate the entries of two managers`() async throws {
        for make in [{ MemoryBackend() }, { RecordingBackend(storage: .bytes) }] as [@Sendable () -> any CacheBackend] {
            let backend = make()
            let (first, second) = (
                CacheManager(backend: backend, prefix: "a"), CacheManager(backend: backend, prefix: "b")
            )
            try await first.set("k", 1, tags: ["t"])
            try await second.set("k", 2, tags: ["t"])
            try await first.invalidate(tag: "t")
            #expect(try await first.get("k", as: Int.self) == nil)
            #expect(try await second.get("k", as: Int.self) == 2)
            try await first.invalidate("*")
            #expect(try await second.get("k", as: Int.self) == 2)
            try await first.clear()
            #expect(try await second.get("k", as: Int.self) == 2)
        }
    }
}

/// A backend that counts its runs and its shutdowns.
private final class ManagedStore: ManagedBackend {
    let runs = CallCounter()
    let shutdowns = CallCounter()
    let running = Gate()
    private let base = RecordingBackend(storage: .bytes)

    func run() async {
        runs.increment()
        try? await running.pass()
    }

    func shutdown() async { shutdowns.increment() }
    func get(_ key: String) async throws -> CacheEntry? { try await base.get(key) }
    func set(_ key: String, _ entry: CacheEntry, ttl: Duration?) async throws {
        try await base.set(key, entry, ttl: ttl)
    }
    func delete(_ key: String) async throws -> Bool { try await base.delete(key) }
    func invalidate(_ pattern: KeyPattern) async throws -> Int { try await base.invalidate(pattern) }
    func has(_ key: String) async throws -> Bool { try await base.has(key) }
    func clear() async throws { try await base.clear() }
}
