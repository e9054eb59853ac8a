// SPDX-License-Identifier: Apache-2.0

import BenchmarkSupport
import Caching

/// A replay of a trace with the eviction policy fixed to one expert.
enum ExpertReplay {
    private static let names: [String: Expert] = [
        "frequency": .frequency, "recency": .recency, "recency-wide-window": .recencyWideWindow, "clock": .clock,
    ]

    /// Parses the name of an expert.
    static func expert(named name: String) throws -> Expert {
        guard let expert = names[name] else {
            let accepted = names.keys.sorted().joined(separator: ", ")
            throw BenchmarkError("there is no expert \"\(name)\"; accepted: \(accepted)")
        }
        return expert
    }

    /// Returns the number of requests of a trace that are hits in a cache with a capacity.
    static func hits(in trace: InternedTrace, capacity: Int, expert: Expert) -> Int {
        var policy = EvictionPolicy(capacity: capacity, feedsShadows: false)
        policy.expert = expert
        var slots = [Slot?](repeating: nil, count: trace.keys.count)
        var residents: [Slot: Int32] = [:]
        var hits = 0
        for request in trace.requests {
            // The number of a key serves as its hash, because the policy mixes it.
            let hash = UInt32(truncatingIfNeeded: request) &* 0x9E37_79B1
            if let slot = slots[Int(request)] {
                policy.recordHit(slot, hash: hash)
                hits += 1
                continue
            }
            policy.recordMiss(hash)
            while !policy.hasRoom(for: 1) {
                if let victim = residents.removeValue(forKey: policy.evict()) { slots[Int(victim)] = nil }
            }
            let slot = policy.insert(hash)
            slots[Int(request)] = slot
            residents[slot] = request
        }
        return hits
    }
}
