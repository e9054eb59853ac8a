// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import Testing

@Suite("Values whose deinitializer uses the cache")
struct ValuesThatUseTheCacheTests {
    @Test func `a renewed stale value is freed outside all locks`() async throws {
        let clock = ManualClock()
        let manager = CacheManager(backend: MemoryBackend(clock: clock), clock: clock)
        let loads = CallCounter()
        let policy = CachePolicy(staleWhileRevalidate: .seconds(600))
        let probe = cached(ttl: 60, key: "probe", manager: manager, policy: policy) { () async in
            Probe(number: loads.increment(), manager: manager)
        }
        #expect(try await probe().number == 1)
        clock.advance(by: .seconds(61))
        let events = manager.events()
        #expect(try await probe().number == 1)
        // The deinitializer of the first value has loaded an entry.
        let end = await events.first { event in
            if case .loaded = event.kind { event.key == "end of 1" } else { false }
        }
        #expect(end != nil)
    }
}

/// A value whose deinitializer loads an entry.
private final class Probe: Codable, Sendable {
    private enum CodingKeys: CodingKey { case number }

    let number: Int
    private let manager: CacheManager?

    init(number: Int, manager: CacheManager) {
        self.number = number
        self.manager = manager
    }

    init(from decoder: any Decoder) throws {
        number = try decoder.container(keyedBy: CodingKeys.self).decode(Int.self, forKey: .number)
        manager = nil
    }

    deinit {
        guard let manager else { return }
        let key = "end of \(number)"
        if #available(macOS 26, iOS 26, tvOS 26, watchOS 26, visionOS 26, *) {
            // The load begins on this stack, with any locks that are held here.
            Task.immediate { _ = try? await manager.getOrSet(key) { 1 } }
        } else {
            Task { _ = try? await manager.getOrSet(key) { 1 } }
        }
    }
}
