// SPDX-License-Identifier: Apache-2.0

import Caching

/// A cache of numbers that consists of an eviction policy and a dictionary.
final class PolicyCache {
    private(set) var policy: EvictionPolicy
    private(set) var slots: [Int: Slot] = [:]
    private(set) var evicted: [Int] = []
    private var keys: [Slot: Int] = [:]

    private let hash: (Int) -> UInt32

    init(
        capacity: Int,
        hasCosts: Bool = false,
        expert: Expert? = nil,
        hash: @escaping (Int) -> UInt32 = { mixedHash($0) }
    ) {
        self.hash = hash
        // A given expert is kept, because no shadows try the others.
        policy = EvictionPolicy(capacity: capacity, hasCosts: hasCosts, feedsShadows: expert == nil)
        if let expert { policy.expert = expert }
    }

    var expert: Expert {
        get { policy.expert }
        set { policy.expert = newValue }
    }

    func contains(_ key: Int) -> Bool { slots[key] != nil }

    /// Requests a key, stores it if it is absent, and returns whether it was a hit.
    @discardableResult
    func request(_ key: Int, cost: Int = 1) -> Bool {
        let hash = hash(key)
        if let slot = slots[key] {
            policy.recordHit(slot, hash: hash)
            return true
        }
        policy.recordMiss(hash)
        makeRoom(for: cost)
        let slot = policy.insert(hash, cost: cost)
        slots[key] = slot
        keys[slot] = key
        return false
    }

    func remove(_ key: Int) {
        guard let slot = slots.removeValue(forKey: key) else { return }
        keys[slot] = nil
        policy.remove(slot)
    }

    func setCost(_ key: Int, _ cost: Int) {
        guard let slot = slots[key] else { return }
        policy.setCost(slot, cost)
        makeRoom(for: 0)
    }

    func resize(to capacity: Int) {
        policy.resize(to: capacity)
        makeRoom(for: 0)
    }

    /// Performs requests and returns the number of hits.
    func hits(_ requests: some Sequence<Int>) -> Int { requests.count { request($0) } }

    private func makeRoom(for cost: Int) {
        while !policy.hasRoom(for: cost) {
            let slot = policy.evict(for: cost)
            guard let key = keys.removeValue(forKey: slot) else { continue }
            slots[key] = nil
            evicted.append(key)
        }
    }
}
