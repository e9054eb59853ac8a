// SPDX-License-Identifier: Apache-2.0

/// First in, first out.
enum FIFOSimulation {
    static func hits(in trace: InternedTrace, capacity: Int) -> Int {
        let size = max(1, min(capacity, trace.keys.count))
        var isResident = [Bool](repeating: false, count: trace.keys.count)
        var ring: [Int32] = []
        var hand = 0
        var hits = 0
        for key in trace.requests {
            if isResident[Int(key)] {
                hits += 1
                continue
            }
            if ring.count < size {
                ring.append(key)
            } else {
                isResident[Int(ring[hand])] = false
                ring[hand] = key
                hand = (hand + 1) % size
            }
            isResident[Int(key)] = true
        }
        return hits
    }
}
