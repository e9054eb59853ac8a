// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import Testing

@Suite("Backends that fail, are slow, hang, or return damaged entries")
struct BrokenBackendTests {
    private let clock = ManualClock()
    private let backend: RecordingBackend
    private let manager: CacheManager

    init() {
        backend = RecordingBackend(storage: .bytes, clock: clock)
        manager = CacheManager(backend: backend, clock: clock)
    }

    private func answer(_ value: Int = 42) -> CachedFunction<Int> {
        cached(ttl: 60, key: "answer", manager: manager) { () async in value }
    }

    @Test func aFailedReadIsAMissAndAFailedFillIsCounted() async throws {
        backend.script.fail(.get)
        backend.script.fail(.set)
        #expect(try await answer()() == 42)
        #expect(manager.statistics.backendFailures == 2)
        #expect(backend.operations == [.get("answer", .failed), .set("answer", ttl: 60, .failed)])
        #expect(try await manager.get("answer", as: Int.self) == nil)
        #expect(try await manager.has("answer") == false)
    }

    @Test func `a backend that hangs delays a call by its deadline and no more`() async throws {
        backend.script.hang(.get, times: 1)
        let caller = Task { try await answer()() }
        await clock.waitForSleepers(1)
        clock.advance(by: .milliseconds(500))
        #expect(try await caller.value == 42)
        #expect(manager.statistics.backendFailures == 1)
        backend.script.reset()
    }

    @Test func aSlowReadWithinItsDeadlineIsAHit() async throws {
        _ = try await answer()()
        backend.script.delay(.get, by: .milliseconds(400))
        let caller = Task { try await answer(0)() }
        await clock.waitForSleepers(2)
        clock.advance(by: .milliseconds(400))
        #expect(try await caller.value == 42)
    }

    @Test func `a cancelled caller does not wait for a backend that hangs`() async throws {
        backend.script.hang(.get, times: 1)
        let caller = Task { try await answer()() }
        await backend.script.waitForHanging(1)
        caller.cancel()
        await #expect(throws: CancellationError.self) { try await caller.value }
        backend.script.reset()
    }

    @Test func `explicit changes that fail throw an error that names the operation`() async throws {
        backend.script.fail()
        let failure = ScriptedFailure()
        await #expect(throws: CacheError.backendFailed(operation: "delete", key: "k", underlying: failure)) {
            try await manager.delete("k")
        }
        await #expect(throws: CacheError.backendFailed(operation: "set", key: "k", underlying: failure)) {
            try await manager.set("k", 1)
        }
        await #expect(throws: CacheError.backendFailed(operation: "invalidate", key: "k*", underlying: failure)) {
            try await manager.invalidate("k*")
        }
        await #expect(throws: CacheError.backendFailed(operation: "clear", key: nil, underlying: failure)) {
            try await manager.clear()
        }
        await #expect(throws: CacheError.self) { try await manager.invalidate(tag: "t") }
    }

    @Test func `an explicit change that hangs throws at its deadline`() async throws {
        backend.script.hang(.delete, times: 1)
        let caller = Task { try await manager.delete("k") }
        await clock.waitForSleepers(1)
        clock.advance(by: .milliseconds(500))
        await #expect(throws: CacheError.backendTimedOut(operation: "delete", after: .milliseconds(500))) {
            try await caller.value
        }
        backend.script.reset()
    }

    @Test func anEntryOfAnotherTypeIsAMissAndIsReplaced() async throws {
        try await manager.set("answer", ["not", "a", "number"])
        #expect(try await answer()() == 42)
        #expect(try await manager.get("answer", as: Int.self) == 42)
    }

    @Test func anEntryOfAnotherTypeInMemoryIsAMiss() async throws {
        let memory = CacheManager()
        try await memory.set("answer", "text")
        #expect(try await memory.get("answer", as: Int.self) == nil)
        let function = cached(ttl: 60, key: "answer", manager: memory) { () async in 42 }
        #expect(try await function() == 42)
    }

    @Test func `a value that cannot be encoded is returned and reported`() async throws {
        struct Stubborn: Codable, Sendable {
            var name = "x"
            func encode(to encoder: any Encoder) throws { throw SourceFailure() }
        }
        let events = manager.events()
        let function = cached(ttl: 60, key: "stubborn", manager: manager) { () async in Stubborn() }
        #expect(try await function().name == "x")
        let event = await events.first { if case .notEncodable = $0.kind { true } else { false } }
        #expect(event?.key == "stubborn")
        #expect(manager.statistics.backendFailures == 0)
        let error = await #expect(throws: CacheError.self) { try await manager.set("stubborn", Stubborn()) }
        #expect(error == .valueNotEncodable(key: "stubborn", underlying: SourceFailure()))
    }

    @Test(arguments: [0, 1, 3, 20, 40])
    func aTruncatedEntryThrows(length: Int) throws {
        let entry = CacheEntry("value", codec: .json, createdAt: 7, expiresAt: 9, tags: ["a", "b"])
        let bytes = try entry.encoded(for: "key")
        let whole = try CacheEntry(encoded: bytes, for: "key")
        #expect(try whole.value(as: String.self, codec: .json) == "value")
        #expect(whole.tags == ["a", "b"])
        #expect(whole.expiresAt == 9)
        #expect(throws: CacheEntryError.self) { try CacheEntry(encoded: Array(bytes.prefix(length)), for: "key") }
        #expect(throws: CacheEntryError.self) { try CacheEntry(encoded: bytes, for: "other") }
    }

    @Test(arguments: [UInt64.random(in: 0 ... .max), 7])
    func randomBytesNeverTrap(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let good = try CacheEntry("value", codec: .json, createdAt: 7, expiresAt: 9, tags: ["a"]).encoded(for: "key")
        for _ in 0..<2000 {
            var bytes = good
            for _ in 0..<3 {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            // The entry is readable or throws; the test is that neither traps.
            _ = try? CacheEntry(encoded: bytes, for: "key").value(as: String.self, codec: .json)
        }
    }

    @Test(arguments: [1.5, .infinity, -.infinity, 0, -0.0, .leastNonzeroMagnitude])
    func floatingPointNumbersSurviveTheCodec(value: Double) throws {
        let codec = CacheCodec<Double>.json
        #expect(try codec.decode(codec.encode(value)) == value)
        #expect(try codec.decode(codec.encode(.nan)).isNaN)
    }
}
