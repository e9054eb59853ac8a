// SPDX-License-Identifier: Apache-2.0

/// A part of the memory store, guarded by a lock of its own: index, slots, and the policy that says who has to go.
@usableFromInline
struct MemoryShard: ~Copyable, Sendable {
    @usableFromInline var index = SlotIndex()
    @usableFromInline var slots: [MemorySlot] = []
    @usableFromInline var policy: S3FIFOPolicy
    @usableFromInline var hits = 0
    private var freeSlots: [Int] = []
    private var sweepHand = 0
    private(set) var count = 0
    private let capacity: Int

    /// How many slots each write looks at for expired entries, so that they go without being asked for.
    private static let slotsSweptPerWrite = 2

    init(capacity: Int) {
        self.capacity = capacity
        policy = S3FIFOPolicy(capacity: capacity)
    }

    /// The slot of a key, expired or not.
    @inlinable
    func find(_ key: String, _ hash: UInt64) -> Int? {
        index.find(hash) { slots[$0].hash == hash && slots[$0].key == key }
    }

    /// Stores an entry; what had to go for it is appended to `evicted`.
    mutating func insert(_ entry: MemorySlot, now: Int64, evicted: inout EvictedKeys) {
        for _ in 0..<Self.slotsSweptPerWrite { sweepOne(now, &evicted) }
        if let slot = find(entry.key, entry.hash) {
            // What expired unseen is gone for good: the new entry starts its own life in the queues.
            if slots[slot].expiresAt > now {
                evicted.keep(slots[slot].value)
                slots[slot] = entry
                policy.recordHit(slot)
                return
            }
            remove(slot, because: .expired, &evicted)
        }
        while count >= capacity, let victim = policy.evict(hashOf: { slots[$0].hash }) {
            discard(victim, because: slots[victim].expiresAt > now ? .size : .expired, &evicted)
        }
        guard count < capacity else { return }
        let slot = freeSlots.popLast() ?? slots.count
        if slot == slots.count { slots.append(entry) } else { slots[slot] = entry }
        index.insert(entry.hash, slot: slot, hashOfSlot: { slots[$0].hash })
        policy.insert(slot, hash: entry.hash)
        count += 1
    }

    /// Removes a key.
    ///
    /// - Returns: Whether there was an entry that had not expired.
    mutating func remove(_ key: String, _ hash: UInt64, now: Int64, evicted: inout EvictedKeys) -> Bool {
        guard let slot = find(key, hash) else { return false }
        let isAlive = slots[slot].expiresAt > now
        remove(slot, because: isAlive ? nil : .expired, &evicted)
        return isAlive
    }

    /// Removes what matches.
    ///
    /// - Returns: How many of them had not expired.
    /// - Complexity: O(entries).
    mutating func removeAll(where isMatch: (MemorySlot) -> Bool, now: Int64, evicted: inout EvictedKeys) -> Int {
        var removed = 0
        for slot in slots.indices where slots[slot].value != nil && isMatch(slots[slot]) {
            let isAlive = slots[slot].expiresAt > now
            removed += isAlive ? 1 : 0
            remove(slot, because: isAlive ? nil : .expired, &evicted)
        }
        return removed
    }

    /// Looks at up to `limit` slots, from where the last sweep ended, and frees those that have expired.
    mutating func sweep(limit: Int, now: Int64, evicted: inout EvictedKeys) {
        for _ in 0..<min(limit, slots.count) { sweepOne(now, &evicted) }
    }

    private mutating func sweepOne(_ now: Int64, _ evicted: inout EvictedKeys) {
        guard !slots.isEmpty else { return }
        sweepHand = sweepHand + 1 < slots.count ? sweepHand + 1 : 0
        if slots[sweepHand].value != nil, slots[sweepHand].expiresAt <= now {
            remove(sweepHand, because: .expired, &evicted)
        }
    }

    private mutating func remove(_ slot: Int, because reason: EvictionReason?, _ evicted: inout EvictedKeys) {
        policy.remove(slot)
        discard(slot, because: reason, &evicted)
    }

    /// Empties a slot that the policy has let go.
    private mutating func discard(_ slot: Int, because reason: EvictionReason?, _ evicted: inout EvictedKeys) {
        if let reason { evicted.append(slots[slot].key, because: reason) }
        evicted.keep(slots[slot].value)
        index.remove(slots[slot].hash, slot: slot, hashOfSlot: { slots[$0].hash })
        slots[slot] = .empty
        freeSlots.append(slot)
        count -= 1
    }
}
