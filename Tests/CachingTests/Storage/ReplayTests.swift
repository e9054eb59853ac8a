// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import Testing

@Suite("The replay of changes that failed")
struct ReplayTests {
    private struct Refusal: CacheBackendError { let kind = BackendFailureKind.rejected }

    /// A backend whose deletions are delayed.
    private final class SlowBackend: CacheBackend {
        let inner: RecordingBackend
        let clock: ManualClock

        init(clock: ManualClock) {
            self.clock = clock
            inner = RecordingBackend(clock: clock)
        }

        func get(_ key: String) async throws -> CacheEntry? { try await inner.get(key) }
        func set(_ key: String, _ entry: CacheEntry, ttl: Duration?) async throws {
            try await inner.set(key, entry, ttl: ttl)
        }
        func delete(_ key: String) async throws -> Bool {
            let existed = try await inner.delete(key)
            clock.advance(by: .milliseconds(300))
            return existed
        }
        func invalidate(_ pattern: KeyPattern) async throws -> Int { try await inner.invalidate(pattern) }
        func has(_ key: String) async throws -> Bool { try await inner.has(key) }
        func clear() async throws { try await inner.clear() }
    }

    private let clock = ManualClock()

    @Test func `a deletion that failed is replayed before the next read`() async throws {
        let backend = RecordingBackend(clock: clock)
        let manager = CacheManager(backend: backend, clock: clock)
        try await manager.set("k", "old")
        backend.script.fail(.delete, times: 1)
        await #expect(throws: CacheError.self) { try await manager.delete("k") }
        #expect(backend.keys == ["k"])
        #expect(try await manager.get("k", as: String.self) == nil)
        #expect(backend.keys.isEmpty)
    }

    @Test func `an entry that matches a failed pattern is never served`() async throws {
        let backend = RecordingBackend(clock: clock)
        let manager = CacheManager(backend: backend, clock: clock)
        try await manager.set("k:1", "old")
        backend.script.fail(.invalidate, times: 1)
        await #expect(throws: CacheError.self) { try await manager.invalidate("k:*") }
        backend.resetOperations()
        // A reader does not wait for a search through all keys.
        #expect(try await manager.get("k:1", as: String.self) == nil)
        await backend.waitForOperations(1)
        #expect(backend.keys.isEmpty)
    }

    @Test func `a replay that is refused becomes a clear`() async throws {
        let backend = RecordingBackend(clock: clock)
        let manager = CacheManager(backend: backend, clock: clock)
        try await manager.set("k", "old", tags: ["t"])
        backend.script.fail(.invalidateTag, with: Refusal())
        await #expect(throws: CacheError.self) { try await manager.invalidate(tag: "t") }
        #expect(try await manager.get("k", as: String.self) == nil)
        #expect(backend.keys.isEmpty)
        // Later reads are hits again.
        try await manager.set("k", "new")
        #expect(try await manager.get("k", as: String.self) == "new")
    }

    @Test func `a clear replaces all missed changes`() async throws {
        let backend = RecordingBackend(clock: clock)
        let manager = CacheManager(backend: backend, clock: clock)
        try await manager.set("k", "old", tags: ["t"])
        backend.script.fail(.delete, with: Refusal())
        backend.script.fail(.invalidateTag, with: Refusal())
        await #expect(throws: CacheError.self) { try await manager.delete("k") }
        await #expect(throws: CacheError.self) { try await manager.invalidate(tag: "t") }
        try await manager.clear()
        backend.resetOperations()
        try await manager.set("k", "new")
        #expect(try await manager.get("k", as: String.self) == "new")
        #expect(backend.operations.count == 2, "\(backend.operations)")
    }

    @Test func `a reader replays as many changes as its time allows`() async throws {
        let backend = SlowBackend(clock: clock)
        let manager = CacheManager(backend: backend, timeout: .milliseconds(500), clock: clock)
        for key in ["a", "b", "c"] { try await manager.set(key, "old") }
        backend.inner.script.fail(.delete)
        for key in ["a", "b", "c"] { await #expect(throws: CacheError.self) { try await manager.delete(key) } }
        #expect(backend.inner.keys == ["a", "b", "c"])
        backend.inner.script.reset()
        backend.inner.resetOperations()
        #expect(try await manager.get("x", as: String.self) == nil)
        #expect(backend.inner.operations.count == 2, "\(backend.inner.operations)")
        // Each reader continues the replay, until it is complete.
        for _ in 0..<3 { #expect(try await manager.get("a", as: String.self) == nil) }
        #expect(backend.inner.keys.isEmpty)
        try await manager.set("a", "new")
        #expect(try await manager.get("a", as: String.self) == "new")
    }

    @Test func `a reader that is cancelled during a replay leaves the rest to the next reader`() async throws {
        let backend = RecordingBackend(clock: clock)
        let manager = CacheManager(backend: backend, clock: clock)
        for key in ["a", "b"] { try await manager.set(key, "old") }
        backend.script.fail(.delete)
        for key in ["a", "b"] { await #expect(throws: CacheError.self) { try await manager.delete(key) } }
        backend.script.reset()
        backend.script.hang(.delete, times: 1)
        let reader = Task { try await manager.get("a", as: String.self) }
        await backend.script.waitForHanging(1)
        reader.cancel()
        backend.script.releaseHanging()
        _ = await reader.result
        #expect(try await manager.get("b", as: String.self) == nil)
        #expect(try await manager.get("a", as: String.self) == nil)
        #expect(backend.keys.isEmpty)
        try await manager.set("a", "new")
        #expect(try await manager.get("a", as: String.self) == "new")
    }
}
