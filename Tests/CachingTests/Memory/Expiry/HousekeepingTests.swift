// SPDX-License-Identifier: Apache-2.0

#if CACHING_INVARIANTS
    import Caching
    import CachingTesting
    import Testing

    /// Operations that find nothing to do keep readers going without the mutex.
    @Suite("Housekeeping of memory")
    struct HousekeepingTests {
        private let clock = ManualClock()
        private let backend: MemoryBackend

        init() throws {
            backend = MemoryBackend(capacity: .entries(100), clock: clock)
            backend.insert(1, for: "users:1")
            backend.insert(2, for: "users:2", ttl: .seconds(100))
            while !backend.isReadBiased { try #require(backend.value(for: "users:1", as: Int.self) == 1) }
        }

        @Test func `a sweep without due entries keeps readers going without the mutex`() async throws {
            backend.sweep()
            #expect(backend.isReadBiased)
            clock.advance(by: .seconds(1))
            backend.sweep()
            #expect(backend.isReadBiased)
            clock.advance(by: .seconds(200))
            backend.sweep()
            #expect(!backend.isReadBiased)
            #expect(backend.count == 1)
            try backend.checkInvariants()
        }

        @Test func `the removal of an absent key keeps readers going without the mutex`() async throws {
            #expect(await backend.delete("users:3") == false)
            #expect(backend.isReadBiased)
            #expect(await backend.delete("users:1"))
            #expect(!backend.isReadBiased)
            #expect(backend.value(for: "users:1", as: Int.self) == nil)
            try backend.checkInvariants()
        }

        @Test(arguments: ["orders:*", "users:3*", "users:1", "*x"])
        func `a pattern without a match keeps readers going without the mutex`(text: String) async throws {
            await backend.delete("users:1")
            while !backend.isReadBiased { _ = backend.value(for: "users:2", as: Int.self) }
            #expect(await backend.invalidate(KeyPattern(text)) == 0)
            #expect(backend.isReadBiased)
            #expect(await backend.invalidate("users:*") == 1)
            #expect(!backend.isReadBiased)
            try backend.checkInvariants()
        }

        @Test func `a tag without an entry keeps readers going without the mutex`() async throws {
            #expect(await backend.invalidate(tag: "t") == 0)
            #expect(backend.isReadBiased)
        }

        @Test func `the removal of an expired entry frees it without counting it`() async throws {
            clock.advance(by: .seconds(100))
            #expect(backend.count == 2)
            #expect(await backend.delete("users:2") == false)
            #expect(backend.count == 1)
            try backend.checkInvariants()
        }
    }
#endif
