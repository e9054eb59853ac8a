// SPDX-License-Identifier: Apache-2.0

import BenchmarkSupport
import Testing
import TraceFiles

@Suite("Reference policies")
struct ReferencePolicyTests {
    /// The sequence of Belady's anomaly, which textbooks work out by hand.
    private let textbook = InternedTrace("1 2 3 4 1 2 5 1 2 3 4 5".split(separator: " ").map(String.init))

    @Test(arguments: [
        (ReferencePolicy.fifo, 3, 3), (.fifo, 4, 2), (.lru, 3, 2), (.lru, 4, 4), (.optimum, 3, 5), (.optimum, 4, 6),
    ])
    func `a sequence with known results`(policy: ReferencePolicy, capacity: Int, hits: Int) {
        #expect(policy.hits(in: textbook, capacity: capacity) == hits)
    }

    @Test func `LRU and FIFO have no hit in a loop larger than the cache`() {
        let loop = InternedTrace((0..<400).map { "\($0 % 4)" })
        #expect(ReferencePolicy.lru.hits(in: loop, capacity: 3) == 0)
        #expect(ReferencePolicy.fifo.hits(in: loop, capacity: 3) == 0)
        #expect(ReferencePolicy.optimum.hits(in: loop, capacity: 3) > 200)
        #expect(ReferencePolicy.lru.hits(in: loop, capacity: 4) == 396)
    }

    /// The reference is each definition, implemented without regard to speed.
    @Test(arguments: [1, 2, 7, 30, 1000])
    func `the simulations agree with the definitions`(capacity: Int) {
        var random = SplitMix64(seed: 1)
        let ranks = ZipfTable(count: 100)
        let trace = InternedTrace((0..<2000).map { _ in "\(ranks.rank(random.unit()))" })
        for policy in ReferencePolicy.allCases {
            #expect(policy.hits(in: trace, capacity: capacity) == definition(policy, trace.requests, capacity))
        }
    }

    private func definition(_ policy: ReferencePolicy, _ requests: [Int32], _ capacity: Int) -> Int {
        var residents: [Int32] = []
        var hits = 0
        for (time, key) in requests.enumerated() {
            if let place = residents.firstIndex(of: key) {
                hits += 1
                if policy == .lru { residents.append(residents.remove(at: place)) }
                continue
            }
            if residents.count == capacity {
                let rest = requests[(time + 1)...]
                let farthest = residents.max { (rest.firstIndex(of: $0) ?? .max) < (rest.firstIndex(of: $1) ?? .max) }
                let victim = policy == .optimum ? farthest : residents.first
                residents.removeAll { $0 == victim }
            }
            residents.append(key)
        }
        return hits
    }

    @Test func `an unknown policy is refused with the accepted ones`() throws {
        let error = try #require(throws: BenchmarkError.self) { try ReferencePolicy(named: "clock") }
        let message = #"there is no policy "clock"; accepted: lru, fifo, optimum; without --policy, the backend"#
        #expect(error.message == message)
    }
}
