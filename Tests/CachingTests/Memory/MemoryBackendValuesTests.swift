// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import Testing

@Suite("A memory backend without a manager")
struct MemoryBackendValuesTests {
    @Test func givesBackWhatWasStoredUnderItsTypeOnly() {
        let backend = MemoryBackend(capacity: .entries(10))
        backend.insert(7, for: "seven")
        #expect(backend.value(for: "seven", as: Int.self) == 7)
        #expect(backend.value(for: "seven", as: String.self) == nil)
        #expect(backend.value(for: "eight", as: Int.self) == nil)
        backend.insert("VII", for: "seven")
        #expect(backend.value(for: "seven") == "VII")
        #expect(backend.count == 1)
    }

    @Test func aValueIsGoneAfterItsTTL() {
        let clock = ManualClock()
        let backend = MemoryBackend(capacity: .entries(10), clock: clock)
        backend.insert(1, for: "short", ttl: .seconds(1))
        backend.insert(2, for: "long")
        clock.advance(by: .milliseconds(999))
        #expect(backend.value(for: "short") == 1)
        clock.advance(by: .milliseconds(1))
        #expect(backend.value(for: "short", as: Int.self) == nil)
        #expect(backend.value(for: "long") == 2)
    }

    @Test func itsEntriesCannotBecomeBytes() async throws {
        let backend = MemoryBackend(capacity: .entries(10))
        backend.insert(1, for: "one")
        let entry = try #require(await backend.get("one"))
        #expect(try entry.value(as: Int.self, codec: .json) == 1)
        #expect(throws: (any Error).self) { try entry.encoded(for: "one") }
    }
}
