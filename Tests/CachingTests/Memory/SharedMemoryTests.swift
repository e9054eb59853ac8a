// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import Testing

/// The counts of caches that share a memory backend.
@Suite("Caches that share a memory backend")
struct SharedMemoryTests {
    private let clock = ManualClock()

    private func manager(_ backend: MemoryBackend, prefix: String? = nil, isShared: Bool = true) -> CacheManager {
        CacheManager(backend: backend, named: isShared ? ["other": backend] : [:], prefix: prefix, clock: clock)
    }

    @Test func eachCountsItsOwnHits() async throws {
        let backend = MemoryBackend(capacity: .entries(100), clock: clock)
        backend.insert(0, for: "alone")
        let manager = manager(backend)
        let other = try manager.named("other")
        let function = cached(ttl: 60, key: "k", manager: manager) { () async in 1 }
        let otherFunction = cached(ttl: 60, key: "k", cache: "other", manager: manager) { () async in 1 }
        for _ in 0..<11 { _ = try await function() }
        for _ in 0..<4 { _ = try await otherFunction() }
        _ = try await other.get("k", as: Int.self)
        for _ in 0..<5 { #expect(backend.value(for: "alone") == 0) }
        #expect(manager.statistics.hits == 10)
        #expect(try manager.named("other").statistics.hits == 4)
        #if CACHING_INVARIANTS
            #expect(backend.hitCount == 5)
        #endif
    }

    @Test func aCacheCountsNothingThatWasBeforeIt() async throws {
        let backend = MemoryBackend(capacity: .entries(10), clock: clock)
        for number in 0..<50 { backend.insert(number, for: "k:\(number)") }
        let first = manager(backend, isShared: false)
        #expect(first.statistics.evictions == 0)
        for number in 0..<20 { try await first.set("a:\(number)", number) }
        #expect(first.statistics.evictionsBySize == 20)
        let second = manager(backend, prefix: "second", isShared: false)
        #expect(second.statistics.evictions == 0)
        #expect(first.statistics.evictionsBySize == 20)
    }

    @Test func eachCountsTheEvictionsOfItsOwnKeys() async throws {
        let backend = MemoryBackend(capacity: .entries(10), clock: clock)
        let manager = manager(backend)
        let other = try manager.named("other")
        for number in 0..<10 { try await other.set("k:\(number)", number, ttl: 1) }
        #expect(manager.statistics.evictions == 0)
        clock.advance(by: .seconds(2))
        for number in 0..<30 { try await manager.set("k:\(number)", number) }
        #expect(other.statistics.evictionsByExpiry == 10)
        #expect(other.statistics.evictionsBySize == 0)
        #expect(manager.statistics.evictionsBySize == 20)
        #expect(manager.statistics.evictionsByExpiry == 0)
    }

    @Test func `a listener that stops does not silence the others`() async throws {
        let backend = MemoryBackend(capacity: .entries(10), clock: clock)
        let manager = manager(backend)
        let other = try manager.named("other")
        let events = manager.events()
        let listener = Task { [events = other.events()] in
            for await _ in events {}
        }
        listener.cancel()
        await listener.value
        for number in 0..<30 { try await manager.set("k:\(number)", number) }
        await manager.shutdown()
        var evicted: [String] = []
        for await event in events {
            #expect(event.cache == "default")
            if case .evicted(.size) = event.kind { evicted.append(event.key ?? "") }
        }
        #expect(evicted.count == 20)
        #expect(evicted.allSatisfy { $0.hasPrefix("default:k:") })
    }

    @Test func `a cache that was deallocated leaves the evictions of other caches to them`() async throws {
        let backend = MemoryBackend(capacity: .entries(10), clock: clock)
        let first = manager(backend, isShared: false)
        let events = first.events()
        do {
            let second = manager(backend, prefix: "second", isShared: false)
            for number in 0..<20 { try await second.set("k:\(number)", number) }
            #expect(second.statistics.evictionsBySize == 10)
            #expect(first.statistics.evictions == 0)
        }
        // The only subscriber owns all evictions, including those of entries that the other cache left.
        for number in 0..<20 { try await first.set("k:\(number)", number) }
        #expect(first.statistics.evictionsBySize == 20)
        await first.shutdown()
        var evicted = 0
        for await event in events { if case .evicted = event.kind { evicted += 1 } }
        #expect(evicted == 20)
    }
}
