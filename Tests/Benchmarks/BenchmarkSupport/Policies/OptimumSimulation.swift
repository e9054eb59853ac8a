// SPDX-License-Identifier: Apache-2.0

/// Belady's optimum: what is evicted is the entry whose next use is farthest.
///
/// A key that misses is always put, as the caches it is compared with do, even when its own next use is farther than
/// that of all others.
enum OptimumSimulation {
    static func hits(in trace: InternedTrace, capacity: Int) -> Int {
        let requests = trace.requests
        let nextUse = nextUses(of: trace)
        /// The next use of each key that is resident, -1 for the others.
        var residents = [Int32](repeating: -1, count: trace.keys.count)
        // A hit leaves its old place in the queue behind: that use is over, so it is nearer than all others, and comes
        // up last.
        var farthest = FarthestUses()
        var count = 0
        var hits = 0
        for (time, key) in requests.enumerated() {
            if residents[Int(key)] >= 0 {
                hits += 1
            } else if count < max(1, capacity) {
                count += 1
            } else {
                while let victim = farthest.pop() {
                    guard residents[Int(victim.key)] == victim.use else { continue }
                    residents[Int(victim.key)] = -1
                    break
                }
            }
            residents[Int(key)] = nextUse[time]
            farthest.push(use: nextUse[time], key: key)
        }
        return hits
    }

    /// For each request, when its key is asked for again; `Int32.max` for never.
    private static func nextUses(of trace: InternedTrace) -> [Int32] {
        var next = [Int32](repeating: .max, count: trace.requests.count)
        var seen = [Int32](repeating: .max, count: trace.keys.count)
        for (time, key) in trace.requests.enumerated().reversed() {
            next[time] = seen[Int(key)]
            seen[Int(key)] = Int32(time)
        }
        return next
    }
}
