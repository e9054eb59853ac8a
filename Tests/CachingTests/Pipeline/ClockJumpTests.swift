// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import Testing

@Suite("Clocks that jump")
struct ClockJumpTests {
    private static let year: Int64 = 31_557_600_000_000
    private static let start: Int64 = 1_780_000_000_000_000

    private let clock = ManualClock(wallTimeMicroseconds: start)

    @Test(arguments: InvalidationDuringLoadTests.Backend.allCases)
    func `entries that are stored after a jump of the wall clock are found`(
        _ backend: InvalidationDuringLoadTests.Backend
    ) async throws {
        let manager = CacheManager(backend: backend.make(clock), clock: clock)
        let loads = CallCounter()
        let policy = CachePolicy(staleWhileRevalidate: .seconds(30), staleIfError: .seconds(30))
        let function = cached(ttl: 60, key: "k", tags: ["t"], manager: manager, policy: policy) { () async in
            loads.increment()
        }
        for (number, years) in ([0, -1, 1, -40, 40, -56, 100, -3, 0] as [Int64]).enumerated() {
            clock.setWallTime(Self.start + years * Self.year)
            _ = try await function()
            try await function.invalidate()
            let before = loads.count
            #expect(try await function() == before + 1, "jump \(number)")
            #expect(try await function() == before + 1, "jump \(number)")
            #expect(try await manager.ttl(of: "k") == 60, "jump \(number)")
            try await manager.invalidate(tag: "t")
            #expect(try await function() == before + 2, "jump \(number)")
            #expect(try await function() == before + 2, "jump \(number)")
            clock.advance(by: .seconds(91))
            #expect(try await function() == before + 3, "jump \(number)")
        }
        #expect(manager.statistics.backendFailures == 0)
    }

    @Test func wallTimeDoesNotAgeEntriesInMemory() async throws {
        let manager = CacheManager(backend: MemoryBackend(clock: clock), clock: clock)
        try await manager.set("k", 1, ttl: 60)
        for years in [-50, 200, 0] as [Int64] {
            clock.setWallTime(Self.start + years * Self.year)
            #expect(try await manager.get("k", as: Int.self) == 1)
            #expect(try await manager.ttl(of: "k") == 60)
        }
        clock.advance(by: .seconds(60))
        #expect(try await manager.get("k", as: Int.self) == nil)
    }

    /// At such a time some entries cannot be written; they are not stored, and calls return their values.
    @Test(arguments: InvalidationDuringLoadTests.Backend.allCases)
    func `wall times that no entry can have neither trap nor open the breaker`(
        _ backend: InvalidationDuringLoadTests.Backend
    ) async throws {
        let manager = CacheManager(backend: backend.make(clock), clock: clock)
        let policy = CachePolicy(staleWhileRevalidate: .seconds(30), staleIfError: .seconds(30))
        let function = cached(ttl: 60, key: { "k:\($0)" }, tags: ["t"], manager: manager, policy: policy) {
            (number: Int) async in number
        }
        for time in [Int64.min, .min + 1, -1, 0, 1, 249 * Self.year, 251 * Self.year, .max - 1, .max, Self.start] {
            clock.setWallTime(time)
            for number in 0..<8 { #expect(try await function(number) == number, "at \(time)") }
            #expect(try await function.refresh(1) == 1)
            _ = try await manager.get("k:1", as: Int.self)
            _ = try await manager.ttl(of: "k:1")
            _ = try? await manager.set("other", 1)
            _ = try? await manager.invalidate(tag: "t")
            #expect(manager.health["default"]?.isAvailable != false, "at \(time)")
        }
    }

    @Test(arguments: InvalidationDuringLoadTests.Backend.allCases)
    func `a jump of the monotonic clock ends lifetimes and pauses`(
        _ backend: InvalidationDuringLoadTests.Backend
    ) async throws {
        let manager = CacheManager(backend: backend.make(clock), clock: clock)
        let loads = CallCounter()
        let policy = CachePolicy(staleIfError: .seconds(60))
        let function = cached(ttl: 60, key: "k", manager: manager, policy: policy) { () async in loads.increment() }
        for round in 1...3 {
            #expect(try await function() == round)
            #expect(try await function() == round)
            clock.advance(by: .seconds(50 * 31_557_600))
        }
        // At the end of the clock all operations still work.
        for _ in 0..<2 {
            clock.advance(by: .seconds(Int64.max))
            #expect(try await function() >= 3)
            #expect(try await function.refresh() >= 3)
            _ = try await manager.get("k", as: Int.self)
            _ = try await manager.ttl(of: "k")
            _ = try? await manager.delete("k")
        }
    }

    @Test func `a failed backend is probed after a jump of the monotonic clock`() async throws {
        let backend = RecordingBackend(storage: .bytes, clock: clock)
        let manager = CacheManager(backend: backend, clock: clock)
        backend.script.fail(.get, times: CircuitBreaker.failuresToOpen)
        for _ in 0..<CircuitBreaker.failuresToOpen { _ = try await manager.get("k", as: Int.self) }
        #expect(manager.health["default"]?.isAvailable == false)
        // Wall time has no effect on the pause.
        clock.setWallTime(Self.start + Self.year)
        _ = try await manager.get("k", as: Int.self)
        #expect(manager.health["default"]?.isAvailable == false)
        clock.advance(by: .seconds(200 * 31_557_600))
        _ = try await manager.get("k", as: Int.self)
        #expect(manager.health["default"]?.isAvailable == true)
    }
}
