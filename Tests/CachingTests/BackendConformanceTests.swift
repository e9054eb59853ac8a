// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import Testing

@Suite("The contract of backends")
struct BackendConformanceTests {
    @Test(arguments: BackendConformance.checks)
    func theMemoryBackendConforms(_ check: BackendConformance.Check) async throws {
        let clock = ManualClock()
        try await BackendConformance(elapse: { clock.advance(by: $0) }) { MemoryBackend(clock: clock) }.run(check)
    }

    @Test(arguments: BackendConformance.checks)
    func theRecordingBackendWithValuesConforms(_ check: BackendConformance.Check) async throws {
        let clock = ManualClock()
        try await BackendConformance(elapse: { clock.advance(by: $0) }) { RecordingBackend(clock: clock) }.run(check)
    }

    @Test(arguments: BackendConformance.checks)
    func theRecordingBackendWithBytesConforms(_ check: BackendConformance.Check) async throws {
        let clock = ManualClock()
        let suite = BackendConformance(elapse: { clock.advance(by: $0) }) {
            RecordingBackend(storage: .bytes, clock: clock)
        }
        try await suite.run(check)
    }

    @Test func `the failure of a backend lists every failed check`() async throws {
        let clock = ManualClock()
        let suite = BackendConformance(elapse: { clock.advance(by: $0) }) { ForgetfulBackend() }
        let failure = await #expect(throws: BackendConformanceFailure.self) { try await suite.run() }
        #expect(failure?.failures.contains { $0.hasPrefix("what was set is found: users:1 is missing") } == true)
        #expect(failure?.failures.contains { $0.hasPrefix("a key that was never set") } == false)
    }
}

extension BackendConformanceTests {
    @Test func aBackendThatLosesTheStaleWindowIsDetected() async throws {
        let clock = ManualClock()
        let suite = BackendConformance(elapse: { clock.advance(by: $0) }) { ForgettingTimes(clock: clock) }
        let failure = await #expect(throws: BackendConformanceFailure.self) { try await suite.run() }
        #expect(failure?.failures.count == 1)
        #expect(failure?.failures.first?.contains("users:1 has lost the time until which it is fresh") == true)
    }
}

/// A backend that stores values and tags, and loses the end of freshness.
private struct ForgettingTimes: CacheBackend {
    private let memory: MemoryBackend

    init(clock: ManualClock) { memory = MemoryBackend(clock: clock) }

    func get(_ key: String) async throws -> CacheEntry? {
        await memory.get(key).map { entry in
            CacheEntry(
                value: entry.value,
                createdAt: entry.createdAt,
                freshUntil: nil,
                expiresAt: nil,
                tags: entry.tags
            )
        }
    }
    func set(_ key: String, _ entry: CacheEntry, ttl: Duration?) async throws {
        try await memory.set(key, entry, ttl: ttl)
    }
    func delete(_ key: String) async throws -> Bool { await memory.delete(key) }
    func invalidate(_ pattern: KeyPattern) async throws -> Int { await memory.invalidate(pattern) }
    func has(_ key: String) async throws -> Bool { await memory.has(key) }
    func clear() async throws { await memory.clear() }
}

/// A backend that stores nothing.
private struct ForgetfulBackend: CacheBackend {
    func get(_ key: String) -> CacheEntry? { nil }
    func set(_ key: String, _ entry: CacheEntry, ttl: Duration?) {}
    func delete(_ key: String) -> Bool { false }
    func invalidate(_ pattern: KeyPattern) -> Int { 0 }
    func has(_ key: String) -> Bool { false }
    func clear() {}
}
