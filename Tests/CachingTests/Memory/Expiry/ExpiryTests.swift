// SPDX-License-Identifier: Apache-2.0

#if CACHING_INVARIANTS
    import Caching
    import CachingTesting
    import Testing

    @Suite("Expiry in memory")
    struct ExpiryTests {
        private let clock = ManualClock()

        private func backend(_ limit: Int) -> MemoryBackend {
            // By cost, because that makes at most four shards.
            MemoryBackend(capacity: .cost(limit) { _, _ in 1 }, clock: clock)
        }

        @Test func aWriteFreesAFewExpiredEntriesAndNotAll() {
            let backend = backend(1000)
            for number in 0..<900 { backend.insert(number, for: "old:\(number)", ttl: .seconds(1)) }
            clock.advance(by: .seconds(10))
            for write in 1...200 {
                let before = backend.count
                backend.insert(0, for: "new")
                #expect(before - backend.count <= 4, "write \(write)")
            }
            #expect(backend.count < 900 - 200 * 3)
        }

        @Test func `each write frees more entries than it stores, so expired entries do not accumulate`() {
            let backend = backend(100_000)
            for number in 0..<5000 {
                backend.insert(number, for: "key:\(number)", ttl: .seconds(1))
                clock.advance(by: .milliseconds(10))
            }
            // A hundred live at a time; a tick of the wheel is 67 ms.
            #expect(backend.count < 200)
        }

        @Test func maintenanceFreesABoundedNumberForEachShard() async throws {
            let backend = backend(50_000)
            for number in 0..<30_000 { backend.insert(number, for: "old:\(number)", ttl: .seconds(1)) }
            clock.advance(by: .seconds(10))
            var counts = [backend.count]
            while counts.count < 4 {
                backend.sweep()
                counts.append(backend.count)
            }
            #expect(counts[0] - counts[1] == 4 * 4096)
            #expect(counts[2] == 0)
            #expect(counts[3] == 0)
            try backend.checkInvariants()
        }

        @Test func aJumpOfAMillionSecondsDoesNoHarm() async throws {
            let backend = backend(10_000)
            for number in 0..<2000 {
                backend.insert(number, for: "key:\(number)", ttl: .seconds(number * 1000 + 1))
            }
            backend.insert(-1, for: "forever")
            clock.advance(by: .seconds(1_000_000))
            let before = backend.count
            backend.insert(0, for: "new")
            #expect(before - backend.count <= 4)
            for number in 0..<2000 {
                #expect(backend.value(for: "key:\(number)") == (number >= 1000 ? number : nil))
            }
            try backend.checkInvariants()
            backend.sweep()
            #expect(backend.count == 1002)
            #expect(backend.endingCount == 1000)
            try backend.checkInvariants()
        }

        @Test func aStaleEntryIsThereUntilItsWindowEnds() async throws {
            let backend = backend(100)
            let entry = CacheEntry(
                value: ValueBox(1, codec: nil),
                createdAt: 0,
                freshUntil: 60_000_000,
                expiresAt: 90_000_000,
                tags: []
            )
            try await backend.set("key", entry, ttl: .seconds(90))
            clock.advance(by: .seconds(59))
            #expect(backend.value(for: "key") == 1)
            clock.advance(by: .seconds(1))
            #expect(backend.value(for: "key", as: Int.self) == nil)
            #expect(await backend.has("key"))
            for number in 0..<20 { backend.insert(number, for: "other:\(number)") }
            backend.sweep()
            #expect(await backend.get("key")?.value.unboxed(as: Int.self) == 1)
            clock.advance(by: .seconds(30))
            #expect(await backend.get("key") == nil)
            #expect(await !backend.has("key"))
            #expect(await !backend.delete("key"))
        }

        @Test func anEntryThatIsReplacedHasItsNewLifetimeOnly() async throws {
            let backend = backend(100)
            backend.insert(1, for: "key", ttl: .seconds(1))
            backend.insert(2, for: "key")
            #expect(backend.endingCount == 0)
            clock.advance(by: .seconds(100))
            backend.sweep()
            #expect(backend.value(for: "key") == 2)
            backend.insert(3, for: "key", ttl: .seconds(1))
            #expect(backend.endingCount == 1)
            try backend.checkInvariants()
        }

        @Test func aLifetimeOfCenturiesIsForever() async throws {
            let backend = backend(100)
            backend.insert(1, for: "key", ttl: .seconds(Int64.max))
            backend.insert(2, for: "long", ttl: .seconds(200 * 365 * 86_400))
            clock.advance(by: .seconds(100 * 365 * 86_400))
            backend.sweep()
            #expect(backend.value(for: "key") == 1)
            #expect(backend.value(for: "long") == 2)
            clock.advance(by: .seconds(150 * 365 * 86_400))
            backend.sweep()
            #expect(backend.value(for: "key") == 1)
            #expect(backend.value(for: "long", as: Int.self) == nil)
            try backend.checkInvariants()
        }
    }
#endif
