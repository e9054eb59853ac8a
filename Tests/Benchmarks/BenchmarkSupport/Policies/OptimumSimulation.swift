// SPDX-License-Identifier: Apache-2.0

/// Belady's optimum, which evicts the entry whose next use is farthest in the future.
///
/// A key that misses is always put, as in the caches that are compared, even if its own next use is farther than that
/// of all others.
enum OptimumSimulation {
    static func hits(in trace: InternedTrace, capacity: Int) -> Int {
        let requests = trace.requests
        let nextUse = nextUses(of: trace)
        /// The next use of each resident key, -1 for the others.
        var residents = [Int32](repeating: -1, count: trace.keys.count)
        // A hit leaves its old element in the queue: that use has passed, so it is nearer than all others and is
        // popped last.
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

    /// Returns the next request for the key of each request; `Int32.max` for none.
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
