// SPDX-License-Identifier: Apache-2.0

#if CACHING_INVARIANTS
    import Caching
    import CachingTesting
    import Testing

    @Suite("Invalidation in memory")
    struct InvalidationTests {
        private let clock = ManualClock()

        @Test(arguments: ["", "shop:v1:"])
        func aNamespaceIsFoundWithoutLookingAtTheOthers(prefix: String) async throws {
            let backend = MemoryBackend(capacity: .cost(100_000) { _, _ in 1 }, clock: clock)
            for number in 0..<50_000 {
                backend.insert(number, for: "\(prefix)\(number % 50 == 0 ? "users" : "orders\(number % 7)"):\(number)")
            }
            let pattern = KeyPattern("\(prefix)users:*")
            // In addition to the matches, at most one unsplit leaf in each of four shards.
            #expect(backend.candidateCount(for: pattern) >= 1000)
            #expect(backend.candidateCount(for: pattern) <= 1000 + 4 * 384)
            #expect(await backend.invalidate(pattern) == 1000)
            #expect(await backend.invalidate(pattern) == 0)
            #expect(backend.candidateCount(for: pattern) <= 4 * 384)
            #expect(backend.count == 49_000)
            #expect(backend.value(for: "\(prefix)users:0", as: Int.self) == nil)
            #expect(backend.value(for: "\(prefix)orders1:1") == 1)
            try backend.checkInvariants()
        }

        @Test func `invalidated entries do not return`() async throws {
            let backend = MemoryBackend(capacity: .entries(3000), clock: clock)
            for round in 0..<5 {
                for number in 0..<1000 { backend.insert(round, for: "a:\(number % 10):\(number)") }
                await backend.invalidate("a:3:*")
                for number in 0..<1000 {
                    #expect(backend.value(for: "a:\(number % 10):\(number)") == (number % 10 == 3 ? nil : round))
                }
            }
            try backend.checkInvariants()
        }

        @Test func tagsAreBytes() async throws {
            let backend = MemoryBackend(capacity: .entries(10), clock: clock)
            // These two are canonically equivalent.
            for (key, tag) in [("one", "caf\u{e9}"), ("two", "cafe\u{301}")] {
                try await backend.set(
                    key,
                    CacheEntry(1, codec: .json, createdAt: 0, expiresAt: nil, tags: [tag, tag]),
                    ttl: nil
                )
            }
            try backend.checkInvariants()
            #expect(await backend.invalidate(tag: "caf\u{e9}") == 1)
            #expect(await !backend.has("one"))
            #expect(await backend.has("two"))
            #expect(await backend.invalidate(tag: "cafe\u{301}") == 1)
            try backend.checkInvariants()
        }

        /// Returns in how many of 10,000 stores a key is found under a canonically equivalent one.
        ///
        /// The keys must meet in the index, with the same eight bits of their hashes, which happens in one of some 4,000
        /// stores.
        private func confusions(of key: String, with other: String) -> Int {
            (0..<10_000 as Range<UInt64>).count { seed in
                let hash = KeyHash(seed: seed &* 0x9E37_79B9_7F4A_7C15, secret: 0x1234_5678_9ABC_DEF1)
                let backend = MemoryBackend(capacity: .entries(4), clock: clock, hash: hash)
                backend.insert(1, for: key)
                return backend.value(for: other, as: Int.self) != nil
            }
        }

        @Test func keysAreBytes() { #expect(confusions(of: "caf\u{e9}", with: "cafe\u{301}") == 0) }

        @Test func keysOfTheSameLengthAreBytesToo() {
            #expect(confusions(of: "a\u{301}\u{323}", with: "a\u{323}\u{301}") == 0)
        }

        @Test func clearFreesInTheBackgroundWhatCostsTime() async {
            let releases = Releases()
            await Releases.$isInTest.withValue(true) {
                let backend = MemoryBackend(capacity: .entries(20_000), clock: clock)
                for number in 0..<5000 { backend.insert(Releases.Value(releases), for: "key:\(number)") }
                await backend.clear()
                #expect(backend.count == 0)
                #expect(releases.countInTest == 0)
                await releases.wait(for: 5000)
                #expect(releases.countInTest == 0)
                #expect(releases.count == 5000)
            }
        }

        @Test func clearLeavesTheStoreAsItWasMade() async throws {
            let backend = MemoryBackend(capacity: .cost(4096) { _, value in value as? Int ?? 1 }, clock: clock)
            // One shard has the whole capacity, which must neither shrink nor grow.
            backend.insert(4096, for: "all")
            await backend.clear()
            try backend.checkInvariants()
            for number in 0..<20_000 { backend.insert(1, for: "small:\(number)") }
            #expect(backend.cost >= 4000)
            try backend.checkInvariants()
        }
    }
#endif
