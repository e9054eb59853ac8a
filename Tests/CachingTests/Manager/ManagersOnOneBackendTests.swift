// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import Testing

@Suite("Backends that several managers use")
struct ManagersOnOneBackendTests {
    @Test func aBackendIsClosedByTheLastManagerThatUsesIt() async {
        let backend = ClosableBackend()
        let first = CacheManager(backend: backend)
        let second = CacheManager(backend: backend, named: ["sessions": backend])
        do {
            // One that is dropped without a shutdown counts no more.
            _ = CacheManager(backend: backend)
        }
        await first.shutdown()
        #expect(backend.closings.count == 0)
        await second.shutdown()
        await second.shutdown()
        #expect(backend.closings.count == 1)
    }

    @Test func aRunningManagerReturnsWhenItIsShutDown() async {
        let manager = CacheManager()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await manager.run() }
            group.addTask { await manager.run() }
            group.addTask { await manager.shutdown() }
        }
        // And at once if it was shut down before.
        await manager.run()
    }
}

/// A backend that counts how often it is closed.
private final class ClosableBackend: ManagedBackend {
    let closings = CallCounter()
    private let base = RecordingBackend()

    func get(_ key: String) async throws -> CacheEntry? { try await base.get(key) }
    func set(_ key: String, _ entry: CacheEntry, ttl: Duration?) async throws {
        try await base.set(key, entry, ttl: ttl)
    }
    func delete(_ key: String) async throws -> Bool { try await base.delete(key) }
    func invalidate(_ pattern: KeyPattern) async throws -> Int { try await base.invalidate(pattern) }
    func has(_ key: String) async throws -> Bool { try await base.has(key) }
    func clear() async throws { try await base.clear() }
    func shutdown() async { closings.increment() }
}
