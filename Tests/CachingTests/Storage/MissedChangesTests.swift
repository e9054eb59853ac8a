// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import Testing

/// Tests of the record of changes that were not confirmed.
@Suite("Missed changes")
struct MissedChangesTests {
    private func take(_ missed: inout MissedChanges) -> Set<MissedChanges.Change>? { missed.take().map(Set.init) }

    @Test func `missed changes are taken once`() {
        var missed = MissedChanges()
        #expect(missed.isEmpty && !missed.holdsReads)
        for change: MissedChanges.Change in [.key("a"), .key("a"), .pattern("b*"), .tag("t")] { missed.insert(change) }
        #expect(missed.holdsReads)
        #expect(take(&missed) == [.key("a"), .pattern("b*"), .tag("t")])
        #expect(missed.isEmpty && missed.holdsReads, "a replay is running")
        #expect(take(&missed) == nil)
        missed.finish(failed: [])
        #expect(!missed.holdsReads)
    }

    @Test func `changes that fail again are taken again with the newer ones`() {
        var missed = MissedChanges()
        missed.insert(.key("a"))
        missed.insert(.key("b"))
        #expect(take(&missed) == [.key("a"), .key("b")])
        missed.insert(.key("c"))
        missed.finish(failed: [.key("b")])
        #expect(missed.holdsReads)
        #expect(take(&missed) == [.key("b"), .key("c")])
    }

    @Test func `more changes than the capacity become a clear`() {
        var missed = MissedChanges()
        for number in 0..<MissedChanges.capacity { missed.insert(.key("\(number)")) }
        #expect(take(&missed)?.count == MissedChanges.capacity)
        missed.finish(failed: (0..<MissedChanges.capacity).map { .key("\($0)") })
        missed.insert(.tag("t"))
        missed.insert(.key("other"))
        // A change of a key does not replace a missed clear.
        missed.remove(key: "other")
        #expect(take(&missed) == [.everything])
        missed.finish(failed: [.everything])
        #expect(take(&missed) == [.everything])
        missed.finish(failed: [])
        #expect(!missed.holdsReads)
    }

    @Test func `a later change of a key replaces a missed one`() {
        var missed = MissedChanges()
        missed.insert(.key("a"))
        missed.insert(.key("b"))
        missed.remove(key: "a")
        #expect(take(&missed) == [.key("b")])
    }

    @Test func `a pattern whose stars stop at colons is another one`() {
        var missed = MissedChanges()
        missed.insert(.pattern("a:*"))
        missed.insert(.pattern(KeyPattern(namespace: "a:", "*")))
        #expect(missed.take()?.count == 2)
    }

    @Test func keysAreComparedByTheirBytes() {
        var missed = MissedChanges()
        missed.insert(.key("\u{E9}"))
        missed.insert(.key("e\u{301}"))
        missed.remove(key: "\u{E9}")
        guard case .key(let key)? = missed.take()?.first else {
            Issue.record("nothing was taken")
            return
        }
        #expect(key.utf8.elementsEqual("e\u{301}".utf8))
    }
}

/// Tests of the replay of missed changes, on a backend that a test breaks.
@Suite("Changes that a backend missed")
struct MissedChangesInACacheTests {
    private let backend = RecordingBackend()
    private let loads = CallCounter()
    private let manager: CacheManager
    private let function: CachedFunction<Int, Int>

    init() {
        manager = CacheManager(backend: backend)
        function = cached(key: { "k:\($0)" }, manager: manager) { [loads] (_: Int) async in loads.increment() }
    }

    private var kinds: [String] { backend.operations.map { "\($0.kind)" } }

    private func fail(_ body: () async throws -> Void) async {
        await #expect(throws: (any Error).self) { try await body() }
    }

    @Test func `missed changes are replayed before the first read`() async throws {
        #expect(try await function(1) == 1)
        backend.script.fail(.delete)
        await fail { () async throws in _ = try await function.invalidate(1) }
        backend.script.reset()
        backend.resetOperations()
        #expect(try await function(1) == 2)
        #expect(kinds.prefix(2) == ["delete", "get"] && kinds.count == 3)
        // The change is replayed only once.
        backend.resetOperations()
        #expect(try await function(1) == 2)
        #expect(kinds == ["get"])
    }

    @Test func `a read is a miss while a replay fails`() async throws {
        #expect(try await function(1) == 1)
        try await manager.set("k:2", 7)
        backend.script.fail(.delete, times: 3)
        await fail { () async throws in _ = try await function.invalidate(1) }
        #expect(try await function(1) == 2)
        #expect(try await manager.get("k:2", as: Int.self) == nil)
        // This replay succeeds, and also removes the value that was stored meanwhile.
        #expect(try await function(1) == 3)
        #expect(try await manager.get("k:2", as: Int.self) == 7)
    }

    @Test func `a replay that is refused becomes a clear`() async throws {
        #expect(try await function(1) == 1)
        try await manager.set("k:2", 7)
        backend.script.fail(.delete, with: RefusedDelete(), times: 5)
        await fail { () async throws in _ = try await function.invalidate(1) }
        #expect(try await function(1) == 2)
        #expect(try await manager.get("k:2", as: Int.self) == nil)
        #expect(try await function(1) == 2)
    }

    @Test func `reads are misses while a replay is running`() async throws {
        try await manager.set("k:1", 1)
        try await manager.set("k:2", 2)
        backend.script.fail(.delete, with: RefusedDelete(), times: 1)
        await fail { () async throws in try await manager.delete("k:1") }
        backend.script.hang(.delete)
        let first = Task { try await manager.get("k:1", as: Int.self) }
        await backend.script.waitForHanging(1)
        #expect(try await manager.get("k:2", as: Int.self) == nil)
        backend.script.reset()
        #expect(try await first.value == nil)
        #expect(try await manager.get("k:2", as: Int.self) == 2)
    }

    @Test func `a set comes after the replay of earlier changes`() async throws {
        try await manager.set("k:1", 1)
        backend.script.fail(.delete, times: 1)
        backend.script.fail(.clear, times: 1)
        await fail { () async throws in try await manager.clear() }
        await fail { () async throws in try await manager.delete("k:1") }
        try await manager.set("k:1", 2)
        #expect(try await manager.get("k:1", as: Int.self) == 2)
    }

    @Test func `a set that failed ends the value before it`() async throws {
        try await manager.set("k:1", 1)
        backend.script.fail(.set, times: 1)
        await fail { () async throws in try await manager.set("k:1", 2) }
        #expect(try await manager.get("k:1", as: Int.self) == nil)
    }

    @Test func `changes by tag, by pattern and of everything are replayed`() async throws {
        let changes: [(BackendScript.Operation, @Sendable (CacheManager) async throws -> Void)] = [
            (.invalidateTag, { @Sendable in try await $0.invalidate(tag: "t") }),
            (.invalidate, { @Sendable in _ = try await $0.invalidate("k:*") }),
            (.clear, { @Sendable in try await $0.clear() }),
        ]
        for (operation, change) in changes {
            try await manager.set("k:1", 1, tags: ["t"])
            backend.script.fail(operation, times: 1)
            await fail { () async throws in try await change(manager) }
            #expect(try await manager.get("k:1", as: Int.self) == nil, "\(operation)")
        }
    }
}

/// A failure that does not open the breaker.
private struct RefusedDelete: CacheBackendError {
    var kind: BackendFailureKind { .rejected }
}
