// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import Testing

/// Tests that a read of any stored bytes is a miss or returns the value, and never traps.
@Suite("Stored bytes through the whole pipeline")
struct StoredBytesTests {
    private let store = ByteStore()
    private let clock = ManualClock()

    /// The path from the cache to the bytes.
    enum Path: CaseIterable {
        case far, memoryInFront
    }

    private func manager(_ path: Path = .far) -> CacheManager {
        switch path {
        case .far: CacheManager(backend: store, clock: clock)
        case .memoryInFront:
            CacheManager(backend: MemoryInFront(memory: MemoryBackend(clock: clock), base: store), clock: clock)
        }
    }

    /// Returns a function whose loads return 99, while 42 is stored.
    private func function(_ manager: CacheManager, _ policy: CachePolicy = CachePolicy()) -> CachedFunction<Int> {
        cached(ttl: 60, key: "answer", manager: manager, policy: policy) { () async in 99 }
    }

    /// Returns the bytes of an entry with the value 42.
    private func goodBytes(tags: [String] = ["a"]) async throws -> [UInt8] {
        let policy = CachePolicy(staleIfError: .seconds(30))
        let writer = cached(ttl: 60, key: "answer", tags: CacheTags(tags), manager: manager(), policy: policy) {
            () async in 0
        }
        try await writer.prime(42)
        return try #require(store["answer"])
    }

    /// Returns the results of all reads of the bytes: 42 if they were read as a value, and nil or 99 for a miss.
    private func readings(_ bytes: [UInt8], _ path: Path = .far) async throws -> Set<Int?> {
        let manager = manager(path)
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

    @Test(arguments: Path.allCases)
    func anEntryWithAChangedByteIsAMiss(_ path: Path) async throws {
        let bytes = try await goodBytes()
        #expect(try await readings(bytes, path) == [42])
        for place in bytes.indices {
            for mask: UInt8 in [0x01, 0x80, 0xFF] {
                var changed = bytes
                changed[place] ^= mask
                #expect(try await readings(changed, path) == [nil, 99], "byte \(place), mask \(mask)")
            }
        }
    }

    @Test(arguments: Path.allCases)
    func anEntryThatIsTruncatedOrExtendedIsAMiss(_ path: Path) async throws {
        let bytes = try await goodBytes()
        for length in 0..<bytes.count {
            #expect(try await readings(Array(bytes.prefix(length)), path) == [nil, 99], "length \(length)")
        }
        #expect(try await readings(bytes + [0], path) == [nil, 99])
    }

    @Test func randomBytesAreAMiss() async throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededGenerator(seed: seed)
        let good = try await goodBytes()
        for round in 0..<300 {
            var bytes = (0..<Int.random(in: 0...120, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            // Every second sequence begins like an entry.
            if round.isMultiple(of: 2) { bytes = Tampering.sealed(good.prefix(3) + bytes) }
            #expect(try await readings(bytes) == [nil, 99], "seed \(seed), round \(round)")
        }
    }

    @Test func randomHeadersWithAValidChecksumNeverTrap() async throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededGenerator(seed: seed)
        let good = try await goodBytes()
        for round in 0..<300 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: 7..<(bytes.count - 2), using: &random)] = .random(in: 0...255, using: &random)
            }
            let found = try await readings(Tampering.sealed(bytes), Path.allCases[round % 2])
            // A forged length may cut the value, which cannot be detected.
            #expect(found.isSubset(of: [nil, 42, 2, 99]), "seed \(seed), round \(round)")
        }
    }

    @Test(arguments: Path.allCases)
    func extremeTimesWithAValidChecksumNeverTrap(_ path: Path) async throws {
        let good = try await goodBytes()
        let now = clock.wallTimeMicroseconds
        let latest: Int64 = 250 * 31_557_600_000_000
        let times: [Int64] = [
            .min, .min + 1, -latest - 1, -latest, -1, 0, 1, now - 1, now, now + 60_000_000, latest, latest + 1,
            .max - 1, .max,
        ]
        for created in [Int64.min, -1, 0, now, latest, .max] {
            for fresh in times {
                for expiry in times {
                    let bytes = Tampering.withTimes([created, fresh, expiry], good)
                    let found = try await readings(bytes, path)
                    #expect(found.isSubset(of: [nil, 42, 99]), "times \(created), \(fresh), \(expiry)")
                    let isOrdered = fresh <= expiry && (0...latest).contains(created)
                    // In the memory in front, the decorator decides the lifetime of an entry.
                    if !isOrdered || (path == .far && expiry <= now) {
                        #expect(found == [nil, 99], "times \(created), \(fresh), \(expiry)")
                    }
                }
            }
        }
    }

    /// An entry that a decorator has read is an entry of bytes in memory.
    @Test func entriesOfBytesInMemoryCanBeRead() async throws {
        let good = try await goodBytes()
        let now = clock.wallTimeMicroseconds
        let latest: Int64 = 250 * 31_557_600_000_000
        let memory = MemoryBackend(clock: clock)
        let manager = CacheManager(backend: memory, clock: clock)
        for fresh in [-latest, -1, 0, now, now + 1, latest, .max] {
            for expiry in [now + 1, latest, .max] where fresh <= expiry {
                let bytes = Tampering.withTimes([0, fresh, expiry], good)
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

    @Test func `a value that its codec cannot read is unreadable and no backend failure`() async throws {
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

    @Test func `a damaged stamp of a tag is a miss and does not open the breaker`() async throws {
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
        // The next invalidation repairs the stamp.
        try await manager.invalidate(tag: "a")
        try await manager.set("answer", 43, tags: ["a"])
        #expect(try await manager.get("answer", as: Int.self) == 43)
    }

    @Test func `a thousand reads of a damaged entry do not open the breaker`() async throws {
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
