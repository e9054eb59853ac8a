// SPDX-License-Identifier: Apache-2.0

import Caching
import Testing

@Suite("Admission by cost")
struct CostAdmissionTests {
    /// Returns a cache with a capacity of 10,000 and 900 entries of cost 10 that all had hits.
    private func hotCache(_ expert: Expert?) -> PolicyCache {
        let cache = PolicyCache(capacity: 10_000, hasCosts: true, expert: expert)
        for _ in 0..<4 { for key in 0..<900 { cache.request(key, cost: 10) } }
        return cache
    }

    @Test(arguments: [Expert.frequency, .recency, .recencyWideWindow])
    func `a large entry evicts only as many small ones as it needs room for`(expert: Expert) {
        let cache = hotCache(expert)
        cache.request(-1, cost: 2000)
        #expect(cache.policy.cost <= 10_000)
        #expect((0..<900).count { !cache.contains($0) } <= 100)
    }

    @Test(arguments: [Expert?.none, .frequency, .recency, .recencyWideWindow], [100, 400, 1000])
    func hotSmallEntriesSurviveAStreamOfLargeOnes(expert: Expert?, cost: Int) {
        let cache = PolicyCache(capacity: 10_000, hasCosts: true, expert: expert)
        var (hits, requests) = (0, 0)
        for round in 0..<40 {
            for key in 0..<500 {
                if cache.request(key, cost: 10), round >= 4 { hits += 1 }
                if round >= 4 { requests += 1 }
                if key % 20 == 0 { cache.request(-1 - round * 500 - key, cost: cost) }
            }
        }
        #expect(Double(hits) / Double(requests) > 0.9)
    }
}
