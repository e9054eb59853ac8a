// SPDX-License-Identifier: Apache-2.0

#if CACHING_INVARIANTS
    import Caching
    import Testing

    @Suite("The eviction policy at changing sizes")
    struct EvictionPolicySizingTests {
        @Test(arguments: [(1000, 10_000), (10_000, 1000), (1000, 1001), (3000, 100_000), (100_000, 3000)])
        func agesSurviveAResize(from old: Int, to new: Int) throws {
            let cache = PolicyCache(capacity: old, expert: .clock)
            // Each key was requested once.
            for key in 0..<old + 500 { cache.request(key) }
            cache.resize(to: new)
            try cache.policy.checkInvariants()
            func quantum(_ entries: Int) -> Int {
                var quantum = 1
                while entries / quantum > 2048 { quantum *= 2 }
                return quantum
            }
            var known = 0
            for (number, key) in cache.evicted.suffix(300).enumerated() {
                let misses = old + 500 + number - key
                let absence = cache.absence(afterRequesting: key)
                guard absence != 0 else { continue }
                known += 1
                #expect(abs(Int(absence) * quantum(new) - misses) <= 2 * max(quantum(old), quantum(new)), "\(key)")
            }
            #expect(known >= 100)
        }

        @Test func aResizeToLessEvictsWhatWasNotHit() throws {
            let cache = PolicyCache(capacity: 1000, expert: .recency)
            for key in 0..<1000 { cache.request(key) }
            for key in 0..<100 { for _ in 0..<3 { cache.request(key) } }
            cache.resize(to: 200)
            #expect(cache.policy.count == 200)
            #expect((0..<100).allSatisfy { cache.contains($0) })
            try cache.policy.checkInvariants()
        }

        @Test(arguments: [false, true])
        func randomResizesLeaveItIntact(hasCosts: Bool) throws {
            let cache = PolicyCache(capacity: 500, hasCosts: hasCosts)
            var random = SeededGenerator(seed: 5)
            for step in 0..<200 {
                for _ in 0..<100 {
                    let key = Int.random(in: 0..<Int.random(in: 1...5000, using: &random), using: &random)
                    cache.request(key, cost: hasCosts ? Int.random(in: 1...9, using: &random) : 1)
                }
                if step % 3 == 0 { cache.resize(to: Int.random(in: 10...4000, using: &random)) }
                if step % 5 == 0 { for key in 0..<30 { cache.remove(key) } }
                try cache.policy.checkInvariants()
            }
        }

        @Test func `with costs, the expected number of entries is learnt`() throws {
            let cache = PolicyCache(capacity: 1_000_000, hasCosts: true)
            #expect(cache.policy.expectedEntries == 64)
            for key in 0..<5000 { cache.request(key, cost: 100) }
            #expect(cache.policy.expectedEntries == 8192)
            #expect(cache.policy.cost == 500_000)
            try cache.policy.checkInvariants()
        }

        @Test func `with equal costs, CLOCK evicts the same entries as without costs`() {
            let entries = PolicyCache(capacity: 1000, expert: .clock)
            let costs = PolicyCache(capacity: 7000, hasCosts: true, expert: .clock)
            var random = SeededGenerator(seed: 6)
            for _ in 0..<20_000 {
                let key = Int.random(in: 0..<Int.random(in: 1...5000, using: &random), using: &random)
                #expect(entries.request(key) == costs.request(key, cost: 7))
            }
            #expect(entries.evicted == costs.evicted)
        }

        @Test(arguments: Expert.allCases)
        func `with equal costs, the hit ratio is that without costs`(expert: Expert) {
            let entries = PolicyCache(capacity: 1000, expert: expert)
            let costs = PolicyCache(capacity: 7000, hasCosts: true, expert: expert)
            var random = SeededGenerator(seed: 7)
            var hits = (entries: 0, costs: 0)
            let requests = 30_000
            for _ in 0..<requests {
                let key = Int.random(in: 0..<Int.random(in: 1...5000, using: &random), using: &random)
                if entries.request(key) { hits.entries += 1 }
                if costs.request(key, cost: 7) { hits.costs += 1 }
            }
            #expect(abs(hits.entries - hits.costs) < requests / 50, "\(hits)")
        }

        @Test func costsThatChangeAreCounted() throws {
            let cache = PolicyCache(capacity: 1000, hasCosts: true)
            for key in 0..<100 { cache.request(key, cost: 10) }
            cache.setCost(5, 1)
            #expect(cache.policy.cost == 991)
            cache.setCost(6, 19)
            #expect(cache.policy.cost == 1000)
            #expect(cache.evicted == [])
            cache.setCost(7, 500)
            #expect(cache.policy.cost <= 1000)
            try cache.policy.checkInvariants()
            cache.setCost(7, 1000)
            #expect(cache.policy.cost <= 1000)
            try cache.policy.checkInvariants()
        }
    }

    extension PolicyCache {
        /// Requests an evicted key and returns its absence; 0 when it is not known.
        fileprivate func absence(afterRequesting key: Int) -> UInt16 {
            request(key)
            return slots[key].map { policy.absence(of: $0) } ?? 0
        }
    }
#endif
