// SPDX-License-Identifier: Apache-2.0

#if CACHING_INVARIANTS
    import Caching
    import CachingTesting
    import Testing

    /// The memory backend while readers need no mutex.
    @Suite("Reads without locks")
    struct ReadBiasTests {
        private static func key(_ number: Int) -> String { "k\(number)" }

        /// Reads until readers need no mutex.
        private static func bias(_ backend: MemoryBackend, key: String) throws {
            while !backend.isReadBiased { try #require(backend.value(for: key, as: Int.self) != nil) }
        }

        @Test func everyHitIsCountedOnce() throws {
            let backend = MemoryBackend(capacity: .entries(100), clock: ManualClock())
            backend.insert(1, for: "a")
            let found = Counter()
            withThreads(2) { _ in
                for _ in 0..<5000 { found.add(backend.value(for: "a", as: Int.self) ?? 0) }
            }
            #expect(found.value == 10_000)
            #expect(backend.isReadBiased)
            #expect(backend.hitCount == 10_000)
            #expect(backend.value(for: "b", as: Int.self) == nil)
            #expect(backend.value(for: "a", as: String.self) == nil)
            #expect(backend.hitCount == 10_000)
            backend.insert(2, for: "a")
            #expect(!backend.isReadBiased)
            #expect(backend.value(for: "a", as: Int.self) == 2)
            #expect(backend.hitCount == 10_001)
        }

        @Test func anEntryIsAbsentWhenItExpiresAndWhenItIsRemoved() async throws {
            let clock = ManualClock()
            let backend = MemoryBackend(capacity: .entries(100), clock: clock)
            backend.insert(1, for: "ends", ttl: .seconds(10))
            backend.insert(2, for: "stays")
            try Self.bias(backend, key: "ends")
            clock.advance(by: .seconds(10))
            #expect(backend.value(for: "ends", as: Int.self) == nil)
            #expect(backend.value(for: "stays", as: Int.self) == 2)
            #expect(backend.isReadBiased)
            await backend.delete("stays")
            #expect(backend.value(for: "stays", as: Int.self) == nil)
            await backend.clear()
            #expect(backend.count == 0)
        }

        @Test func longKeysAreFoundByTheirBytes() throws {
            let backend = MemoryBackend(capacity: .entries(1000), clock: ManualClock())
            let keys = (0..<1000).map { "user:profile:v2:é:\($0 * 7919)" }
            for (number, key) in keys.enumerated() { backend.insert(number, for: key) }
            try Self.bias(backend, key: keys[0])
            for (number, key) in keys.enumerated() {
                // Another string with the same bytes, as a request contains it.
                #expect(backend.value(for: String(decoding: Array(key.utf8), as: UTF8.self), as: Int.self) == number)
                #expect(backend.value(for: key + "x", as: Int.self) == nil)
                #expect(backend.value(for: String(key.dropLast()) + "x", as: Int.self) == nil)
            }
        }

        @Test(arguments: [16, 200, 1500])
        func `the backend evicts the same entries as a policy without read bias`(capacity: Int) throws {
            let hash = KeyHash(seed: 17, secret: 0x1234_5678_9ABC_DEF1)
            let backend = MemoryBackend(capacity: .entries(capacity), clock: ManualClock(), hash: hash)
            try #require(backend.shardCapacities.count == 1)
            let policy = PolicyCache(capacity: capacity) { UInt32(truncatingIfNeeded: hash(Self.key($0))) }
            var random = SeededGenerator(seed: UInt64(capacity))
            var biased = 0
            for round in 0..<40 {
                let fresh = (0..<capacity / 2).map { _ in Int.random(in: 0..<capacity * 3, using: &random) }
                for number in fresh + (round % 3 == 0 ? Array(0..<capacity * 2) : []) {
                    let isThere = backend.value(for: Self.key(number), as: Int.self) != nil
                    if !isThere { backend.insert(number, for: Self.key(number)) }
                    #expect(policy.request(number) == isThere)
                }
                let resident = policy.slots.keys.sorted()
                for _ in 0..<700 {
                    let number = resident[Int.random(in: 0..<resident.count, using: &random)]
                    try #require(backend.value(for: Self.key(number), as: Int.self) == number)
                    policy.request(number)
                }
                if backend.isReadBiased { biased += 1 }
            }
            #expect(biased == 40)
            for number in 0..<capacity * 3 {
                #expect((backend.value(for: Self.key(number), as: Int.self) != nil) == policy.contains(number))
            }
            try backend.checkInvariants()
        }

        @Test func `readers and rare writers may use the backend at once`() throws {
            let backend = MemoryBackend(capacity: .entries(4000), clock: ManualClock())
            let keys = 3000
            for number in 0..<keys { backend.insert(number, for: Self.key(number)) }
            let seed = UInt64.random(in: 0 ... .max)
            let (freeRounds, wrong) = (Counter(), Counter())
            withThreads(3) { thread in
                var random = SeededGenerator(seed: seed &+ UInt64(thread))
                for step in 0..<60_000 {
                    let number = Int.random(in: 0..<keys, using: &random)
                    // The value contains the number of the key.
                    if step % 4000 == 3999 {
                        if backend.isReadBiased { freeRounds.add(1) }
                        backend.insert(number + step * keys, for: Self.key(number))
                    } else {
                        let value = backend.value(for: Self.key(number), as: Int.self)
                        if value.map({ $0 % keys }) != number { wrong.add(1) }
                    }
                }
            }
            #expect(freeRounds.value > 0, "seed \(seed)")
            #expect(wrong.value == 0, "seed \(seed)")
            try backend.checkInvariants()
        }
    }
#endif
