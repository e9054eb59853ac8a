// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import Testing

/// What is stored is not trusted: whatever the bytes, a read is a miss or the value, and nothing traps.
@Suite("Stored bytes through the whole pipeline")
struct StoredBytesTests {
    private let store = ByteStore()
    private let clock = ManualClock()

    /// The road from the cache to the bytes.
    enum Road: CaseIterable {
        case far, memoryInFront
    }

    private func manager(_ road: Road = .far) -> CacheManager {
        switch road {
        case .far: CacheManager(backend: store, clock: clock)
        case .memoryInFront:
            CacheManager(backend: MemoryInFront(memory: MemoryBackend(clock: clock), base: store), clock: clock)
        }
    }

    /// A function whose loads return 99, where 42 is stored.
    private func function(_ manager: CacheManager, _ policy: CachePolicy = CachePolicy()) -> CachedFunction<Int> {
        cached(ttl: 60, key: "answer", manager: manager, policy: policy) { () async in 99 }
    }

    /// The bytes of an entry with 42 in it.
    private func goodBytes(tags: [String] = ["a"]) async throws -> [UInt8] {
        let policy = CachePolicy(staleIfError: .seconds(30))
        let writer = cached(ttl: 60, key: "answer", tags: CacheTags(tags), manager: manager(), policy: policy) {
            () async in 0
        }
        try await writer.prime(42)
        return try #require(store["answer"])
    }

    /// Asks for bytes in every way; 42 where they were taken for a value.
    private func readings(_ bytes: [UInt8], _ road: Road = .far) async throws -> Set<Int?> {
        let manager = manager(road)
        let function = function(manager)
        store["answer"] = bytes
        var found: Set<Int?> = [try await manager.get("answer", as: Int.self), try await function.peek()]
        _ = try await manager.has("answer")
        _ = try await manager.ttl(of: "answer")
        #expect(try await manager.get("answer", as: String.self) == nil)
        let policy = CachePolicy(staleWhileRevalidate: .seconds(20), staleIfError: .seconds(30))
        store["answer"] = bytes
        found.insert(try await self.function(manager, policy)())
        store["answer"] = bytes
        found.insert(try await function())
        let health = try #require(manager.health["default"])
        #expect(health.isAvailable && health.consecutiveFailures == 0)
        #expect(manager.statistics.backendFailures == 0)
        await manager.shutdown()
        return found
    }

    @Test(arguments: Road.allCases)
    func anyFlippedByteIsAMissOnEveryRoad(_ road: Road) async throws {
        let bytes = try await goodBytes()
        #expect(try await readings(bytes, road) == [42])
        for place in bytes.indices {
            for mask: UInt8 in [0x01, 0x80, 0xFF] {
                var changed = bytes
                changed[place] ^= mask
                #expect(try await readings(changed, road) == [nil, 99], "byte \(place), mask \(mask)")
            }
        }
    }

    @Test(arguments: Road.allCases)
    func anEntryCutOrContinuedAnywhereIsAMiss(_ road: Road) async throws {
        let bytes = try await goodBytes()
        for length in 0..<bytes.count {
            #expect(try await readings(Array(bytes.prefix(length)), road) == [nil, 99], "length \(length)")
        }
        #expect(try await readings(bytes + [0], road) == [nil, 99])
    }

    @Test func randomBytesAreAMiss() async throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededGenerator(seed: seed)
        let good = try await goodBytes()
        for round in 0..<300 {
            var bytes = (0..<Int.random(in: 0...120, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            // Every other one begins like an entry.
            if round.isMultiple(of: 2) { bytes = Tampering.sealed(good.prefix(3) + bytes) }
            #expect(try await readings(bytes) == [nil, 99], "seed \(seed), round \(round)")
        }
    }

    @Test func headersAtRandomWithARightChecksumNeverTrap() async throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededGenerator(seed: seed)
        let good = try await goodBytes()
        for round in 0..<300 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: 7..<(bytes.count - 2), using: &random)] = .random(in: 0...255, using: &random)
            }
            let found = try await readings(Tampering.sealed(bytes), Road.allCases[round % 2])
            // A forged length may cut the value, which nobody can tell.
            #expect(found.isSubset(of: [nil, 42, 2, 99]), "seed \(seed), round \(round)")
        }
    }

    @Test(arguments: Road.allCases)
    func extremeTimesWithARightChecksumNeverTrap(_ road: Road) async throws {
        let good = try await goodBytes()
        let now = clock.wallTimeMicroseconds
        let latest: Int64 = 250 * 31_557_600_000_000
        let times: [Int64] = [
            .min, .min + 1, -latest - 1, -latest, -1, 0, 1, now - 1, now, now + 60_000_000, latest, latest + 1,
            .max - 1, .max,
        ]
        for created in [Int64.min, -1, 0, now, latest, .max] {
            for fresh in times {
                for gone in times {
                    let bytes = Tampering.withTimes([created, fresh, gone], good)
                    let found = try await readings(bytes, road)
                    #expect(found.isSubset(of: [nil, 42, 99]), "times \(created), \(fresh), \(gone)")
                    let isOrdered = fresh <= gone && (0...latest).contains(created)
                    // In front, an entry lives as long as the decorator says.
                    if !isOrdered || (road == .far && gone <= now) {
                        #expect(found == [nil, 99], "times \(created), \(fresh), \(gone)")
                    }
                }
            }
        }
    }

    /// What a decorator has read is an entry of bytes in memory.
    @Test func entriesOfBytesInMemoryAreReadLikeOthers() async throws {
        let good = try await goodBytes()
        let now = clock.wallTimeMicroseconds
        let latest: Int64 = 250 * 31_557_600_000_000
        let memory = MemoryBackend(clock: clock)
        let manager = CacheManager(backend: memory, clock: clock)
        for fresh in [-latest, -1, 0, now, now + 1, latest, .max] {
            for gone in [now + 1, latest, .max] where fresh <= gone {
                let bytes = Tampering.withTimes([0, fresh, gone], good)
                let entry = try CacheEntry(encoded: bytes, for: "answer")
                for ttl in [Duration.nanoseconds(1), .seconds(60), .seconds(Int64.max), nil] {
                    try await memory.set("answer", entry, ttl: ttl)
                    let found = try await manager.get("answer", as: Int.self)
                    #expect(found == nil || found == 42)
                    #expect(try await manager.get("answer", as: String.self) == nil)
                    _ = try await manager.ttl(of: "answer")
                    #expect([42, 99].contains(try await function(manager, CachePolicy(staleIfError: .seconds(60)))()))
                }
            }
        }
    }

    @Test func aValueThatItsCodecCannotReadIsUnreadableAndNoFailureOfTheBackend() async throws {
        let bytes = Tampering.withValue("{\"an\":\"older schema\"}", insteadOf: "42", try await goodBytes())
        let manager = manager()
        let events = manager.events()
        store["answer"] = bytes
        #expect(try await manager.get("answer", as: Int.self) == nil)
        #expect(try await function(manager)() == 99)
        #expect(try await manager.get("answer", as: Int.self) == 99)
        #expect(manager.statistics.backendFailures == 0)
        await manager.shutdown()
        var unreadable = 0
        for await event in events { if case .unreadable = event.kind { unreadable += 1 } }
        #expect(unreadable == 2)
    }

    @Test func aDamagedStampOfATagIsAMissAndDoesNotOpenTheBreaker() async throws {
        let manager = manager()
        try await manager.invalidate(tag: "a")
        let stamp = try #require(store.keys.first)
        let good = try #require(store[stamp])
        try await manager.set("answer", 42, tags: ["a"])
        #expect(try await manager.get("answer", as: Int.self) == 42)
        let text = "\(clock.wallTimeMicroseconds)"
        for bytes in [
            [], Array(good.dropLast()), good + [1], Tampering.newerFormat(good),
            Tampering.withValue("\"text\"", insteadOf: text, good), Tampering.withValue("", insteadOf: text, good),
        ] {
            store[stamp] = bytes
            for _ in 0..<20 { #expect(try await manager.get("answer", as: Int.self) == nil) }
            #expect(manager.health["default"]?.isAvailable == true)
            #expect(manager.health["default"]?.consecutiveFailures == 0)
        }
        #expect(manager.statistics.backendFailures == 0)
        // The next invalidation repairs it.
        try await manager.invalidate(tag: "a")
        try await manager.set("answer", 43, tags: ["a"])
        #expect(try await manager.get("answer", as: Int.self) == 43)
    }

    @Test func aThousandReadsOfADamagedEntryLeaveTheBackendInUse() async throws {
        let good = try await goodBytes()
        let manager = manager()
        store["answer"] = Array(good.dropLast())
        for _ in 0..<1000 {
            #expect(try await manager.get("answer", as: Int.self) == nil)
            #expect(try await manager.has("answer") == false)
        }
        #expect(manager.health["default"]?.isAvailable == true)
        #expect(manager.statistics.backendFailures == 0)
        #expect(manager.statistics.misses == 1000)
    }
}
