// SPDX-License-Identifier: Apache-2.0

import Caching
import Testing

/// A mix of traces after which a cache must still adapt: recency, a long loop twice as large as the cache, recency.
@Suite("Adaptation")
struct AdaptationTests {
    private static let size = 512
    private static let loopKeys = 1011
    private static let passes = 30

    /// Returns requests in which each key is repeated once, soon after the first; half of the requests can be hits.
    private func recency(_ count: Int, from first: Int) -> [Int] {
        var random = SeededGenerator(seed: UInt64(first))
        var requests: [Int] = []
        var pending: [Int] = []
        for key in first..<first + count {
            requests.append(key)
            pending.append(key)
            if pending.count > 100 { requests.append(pending.remove(at: Int.random(in: 0..<20, using: &random))) }
        }
        return requests + pending
    }

    private var loop: [Int] { (0..<Self.passes * Self.loopKeys).map { 1_000_000_000 + $0 % Self.loopKeys } }

    @Test func `the stress mix does not stop adaptation`() throws {
        let cache = PolicyCache(capacity: Self.size)
        let first = recency(20_000, from: 0)
        let firstHits = cache.hits(first)
        #expect(firstHits > first.count / 2 * 95 / 100)
        for phase in 0..<5 {
            let hits = cache.hits(loop)
            // The optimum is 511 of 1,010 requests in each pass.
            #expect(hits > loop.count * (phase == 0 ? 22 : 48) / 100, "phase \(phase)")
            #expect(cache.expert == .frequency, "phase \(phase)")
        }
        let second = recency(30_000, from: 500_000)
        let secondHits = cache.hits(second)
        #expect(secondHits > second.count / 2 * 75 / 100)
        #expect(cache.expert != .frequency)
        #if CACHING_INVARIANTS
            try cache.policy.checkInvariants()
        #endif
    }

    @Test func `a larger cache adapts from a sample of the keys`() throws {
        let cache = PolicyCache(capacity: 4096)
        let loop = (0..<8 * 8000).map { $0 % 8000 }
        _ = cache.hits(loop)
        let hits = cache.hits(loop)
        #expect(hits > loop.count * 40 / 100)
        #if CACHING_INVARIANTS
            try cache.policy.checkInvariants()
        #endif
    }
}
