// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import Testing

/// Tests that a load that an invalidation supersedes is not stored, for each kind of change and backend.
@Suite("Invalidation during a load")
struct InvalidationDuringLoadTests {
    enum Change: String, CaseIterable, Sendable {
        case delete, set, pattern, tag, tagAddedByLoad, clear, arguments, prime

        func apply(_ manager: CacheManager, _ answer: CachedFunction<Int, Int>) async throws {
            switch self {
            case .delete: try await manager.delete("answers:7")
            case .set: try await manager.set("answers:7", -1)
            case .pattern: try await manager.invalidate("answers:*")
            case .tag: try await manager.invalidate(tag: "answers")
            case .tagAddedByLoad: try await manager.invalidate(tag: "late")
            case .clear: try await manager.clear()
            case .arguments: try await answer.invalidate(7)
            case .prime: try await answer.prime(-1, for: 7)
            }
        }
    }

    enum Backend: String, CaseIterable, Sendable {
        case memory, recordingValues, recordingBytes, withoutTags

        func make(_ clock: ManualClock) -> any CacheBackend {
            switch self {
            case .memory: MemoryBackend(clock: clock)
            case .recordingValues: RecordingBackend(clock: clock)
            case .recordingBytes: RecordingBackend(storage: .bytes, clock: clock)
            case .withoutTags: SixFunctionBackend(RecordingBackend(storage: .bytes, clock: clock))
            }
        }
    }

    @Test(arguments: Change.allCases, Backend.allCases)
    func theLoadedValueIsReturnedAndNotStored(_ change: Change, _ backend: Backend) async throws {
        let clock = ManualClock()
        let manager = CacheManager(backend: backend.make(clock), clock: clock)
        let gate = Gate()
        let loads = CallCounter()
        let answer = cached(ttl: 60, key: { "answers:\($0)" }, tags: ["answers"], manager: manager) { (_: Int) in
            let number = loads.increment()
            LoadContext.current?.addTags("late")
            if number == 1 { try await gate.pass() }
            return number
        }
        let early = Task { try await answer(7) }
        await gate.waitForArrivals(1)
        try await change.apply(manager, answer)
        gate.open()
        #expect(try await early.value == 1)
        let expected = change == .set || change == .prime ? -1 : 2
        #expect(try await answer(7) == expected)
    }

    @Test func `a caller after the invalidation does not join the older load`() async throws {
        let setup = MemorySetup()
        let gate = Gate()
        let loads = CallCounter()
        let answer = cached(ttl: 60, key: "answer", manager: setup.manager) {
            let number = loads.increment()
            if number == 1 { try await gate.pass() }
            return number
        }
        let early = Task { try await answer() }
        await gate.waitForArrivals(1)
        try await answer.invalidate()
        #expect(try await answer() == 2)
        gate.open()
        #expect(try await early.value == 1)
        #expect(try await answer() == 2)
    }

    @Test func `an invalidation waits for a running fill and removes its value`() async throws {
        let clock = ManualClock()
        let backend = RecordingBackend(clock: clock)
        let manager = CacheManager(backend: backend, clock: clock)
        backend.script.hang(.set, times: 1)
        let answer = cached(ttl: 60, key: "answer", manager: manager) { () async in 42 }
        let caller = Task { try await answer() }
        await backend.script.waitForHanging(1)
        let invalidation = Task { try await answer.invalidate() }
        backend.script.releaseHanging()
        #expect(try await caller.value == 42)
        #expect(try await invalidation.value == true || backend.keys.isEmpty)
        #expect(backend.keys.isEmpty)
    }

    @Test func refreshStoresAValueThatIsNewerThanTheCall() async throws {
        let setup = MemorySetup()
        let gate = Gate()
        let loads = CallCounter()
        let answer = cached(ttl: 60, key: "answer", manager: setup.manager) {
            let number = loads.increment()
            if number == 1 { try await gate.pass() }
            return number
        }
        let early = Task { try await answer() }
        await gate.waitForArrivals(1)
        #expect(try await answer.refresh() == 2)
        gate.open()
        #expect(try await early.value == 1)
        #expect(try await answer() == 2)
    }

    @Test func aFailedRefreshKeepsTheEntry() async throws {
        let setup = MemorySetup()
        let loads = CallCounter()
        let answer = cached(ttl: 60, key: "answer", manager: setup.manager) { () async throws in
            guard loads.increment() == 1 else { throw SourceFailure() }
            return 42
        }
        #expect(try await answer() == 42)
        await #expect(throws: SourceFailure.self) { try await answer.refresh() }
        #expect(try await answer() == 42)
    }
}

/// A backend with only the six functions, which hides the further abilities of its base.
struct SixFunctionBackend: CacheBackend {
    private let base: RecordingBackend

    init(_ base: RecordingBackend) { self.base = base }

    func get(_ key: String) async throws -> CacheEntry? { try await base.get(key) }
    func set(_ key: String, _ entry: CacheEntry, ttl: Duration?) async throws {
        try await base.set(key, entry, ttl: ttl)
    }
    func delete(_ key: String) async throws -> Bool { try await base.delete(key) }
    func invalidate(_ pattern: KeyPattern) async throws -> Int { try await base.invalidate(pattern) }
    func has(_ key: String) async throws -> Bool { try await base.has(key) }
    func clear() async throws { try await base.clear() }
}
