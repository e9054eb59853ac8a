// SPDX-License-Identifier: Apache-2.0

/// A part of the memory store, guarded by a lock of its own.
///
/// The index finds the slot of a key, the policy chooses the entry to evict, the wheel finds expired entries, and the
/// trie finds the keys with a prefix. All of them use slot numbers, which the policy assigns.
@usableFromInline
struct MemoryShard: ~Copyable, Sendable {
    /// The number of due slots that each write inspects, so that expired entries are freed although nobody reads them.
    private static let dueSlotsPerWrite = 4

    private let addressOnly = AddressOnlyMarker()

    // The fields that a hit reads come first and together.
    @usableFromInline let knowsWords: Bool
    @usableFromInline var index: SlotIndex
    @usableFromInline var slots: UnsafeSlotTable
    @usableFromInline var policy: EvictionPolicy
    /// The hits of readers without the mutex that the policy has not seen yet.
    @usableFromInline let readBuffers: ReadBuffers
    private(set) var wheel = TimerWheel()
    private(set) var trie: NamespaceTrie
    private(set) var metadata: [Slot: EntryMetadata] = [:]
    private(set) var tagged: [KeyBytes: Set<Slot>] = [:]

    /// The share of the capacity of the store; the capacity of the shard differs from it while shards lend capacity.
    private(set) var share: Int

    init(_ shape: ShardShape, capacity: Int, share: Int) {
        self.share = share
        knowsWords = shape.hash.knowsWords
        policy = EvictionPolicy(capacity: capacity, hasCosts: shape.hasCosts, feedsShadows: shape.feedsShadows)
        readBuffers = ReadBuffers(feedsShadows: shape.feedsShadows)
        index = SlotIndex(slots: shape.hasCosts ? SlotIndex.maximumSlots : capacity)
        slots = UnsafeSlotTable(count: 16)
        trie = NamespaceTrie(hash: shape.hash)
    }

    /// The number of entries, including expired ones that are not freed yet.
    var count: Int { policy.count }

    /// Returns the slot of a key, whether its entry has expired or not.
    @inlinable
    @inline(__always)
    func find(_ key: String, hash: UInt32) -> Slot? {
        index.find(hash) { KeyEquality.areEqual(slots[$0].key, key, knowsWords: knowsWords) }
    }

    /// Returns the fresh value of a key if it is of exactly this type, and counts a hit in the policy.
    ///
    /// Several threads may do this at once, so it writes nothing but the counter of the policy, which allows that.
    @inlinable
    @inline(__always)
    func hit<Value: Sendable>(_ key: String, hash: UInt32, now: CacheInstant, as type: Value.Type) -> Value? {
        guard let slot = find(key, hash: hash), now < slots[slot].freshUntil,
            let value = slots[slot].value?._withUnsafeGuaranteedRef({ stored -> Value? in
                // Written out: through `unboxed(as:)` the optimiser does not see the type, and a hit costs a third more.
                ObjectIdentifier(Swift.type(of: stored)) == ObjectIdentifier(ValueBox<Value>.self)
                    ? unsafeDowncast(stored, to: ValueBox<Value>.self).value : nil
            })
        else { return nil }
        policy.countHit(slot)
        return value
    }

    /// Returns the end of the entry in a slot, including the time in which it is stale.
    func expiry(of slot: Slot) -> CacheInstant {
        let freshUntil = slots[slot].freshUntil
        guard freshUntil != .distantFuture, !metadata.isEmpty else { return freshUntil }
        return metadata[slot]?.end(of: freshUntil) ?? freshUntil
    }

    /// Returns the entry of a key, fresh or stale; nil when there is none or it has ended.
    func entry(_ key: String, hash: UInt32, now: CacheInstant) -> MemoryEntry? {
        guard let slot = find(key, hash: hash), let value = slots[slot].value, expiry(of: slot) > now else {
            return nil
        }
        return MemoryEntry(
            value: value.takeUnretainedValue(),
            cost: policy.cost(of: slot),
            freshUntil: slots[slot].freshUntil,
            metadata: metadata.isEmpty ? EntryMetadata() : metadata[slot] ?? EntryMetadata()
        )
    }

    /// Whether an entry of this cost fits only with capacity of other shards: it exceeds the capacity of this shard, or the
    /// shard is full and has lent a part of its share.
    func mustBorrowCapacity(for cost: Int) -> Bool {
        policy.capacity < cost || (policy.capacity < share && !policy.hasRoom(for: cost))
    }

    /// Stores an entry that costs at most the capacity; evictions for it are added to `effects`.
    mutating func insert(
        _ key: String,
        hash: UInt32,
        entry: borrowing MemoryEntry,
        now: CacheInstant,
        effects: inout ShardEffects
    ) {
        assert(entry.cost <= policy.capacity)
        // A write mostly waits for memory. Cache lines that are prefetched together arrive at the same time.
        policy.prefetch(hash)
        freeExpired(now: now, limit: Self.dueSlotsPerWrite, effects: &effects)
        if let slot = find(key, hash: hash) {
            // An entry that has expired leaves first, so that the new one enters the queues as a new entry.
            if expiry(of: slot) > now {
                policy.recordHit(slot, hash: hash)
                policy.setCost(slot, entry.cost)
                replace(slot, with: entry, now: now, effects: &effects)
                makeRoom(for: 0, now: now, effects: &effects)
                // The entry may have become the largest one and may have been evicted.
                return
            }
            remove(slot, because: .expired, effects: &effects)
        }
        policy.recordMiss(hash)
        makeRoom(for: entry.cost, now: now, effects: &effects)
        let slot = policy.insert(hash, cost: entry.cost)
        if slot.index >= slots.count { slots.grow(to: slots.count * 2) }
        slots[slot].key = key
        index.insert(hash, slot: slot, hashes: policy.hashes)
        trie.insert(slot, slots: slots)
        fill(slot, with: entry, now: now)
    }

    /// Returns the slots whose keys match a pattern, expired or not.
    ///
    /// - Complexity: O(keys that begin with the namespaces in the pattern).
    func slots(matching pattern: KeyPattern) -> [Slot] {
        var found = trie.slots(withPrefix: pattern.prefixBytes)
        found.removeAll { !pattern.matches(slots[$0].key) }
        return found
    }

    /// Returns the slots whose entries have a tag, expired or not.
    func slots(tagged tag: String) -> [Slot] { Array(tagged[KeyBytes(tag)] ?? []) }

    /// Removes the entries in some slots.
    ///
    /// - Returns: The number of removed entries that had not expired.
    mutating func removeAll(_ slots: [Slot], now: CacheInstant, effects: inout ShardEffects) -> Int {
        var removed = 0
        for slot in slots where remove(slot, now: now, effects: &effects) { removed += 1 }
        return removed
    }

    /// Removes the entry in a slot.
    ///
    /// - Returns: Whether the entry had not expired.
    mutating func remove(_ slot: Slot, now: CacheInstant, effects: inout ShardEffects) -> Bool {
        let isAlive = expiry(of: slot) > now
        remove(slot, because: isAlive ? nil : .expired, effects: &effects)
        return isAlive
    }

    /// Frees up to `limit` entries that have expired.
    mutating func freeExpired(now: CacheInstant, limit: Int, effects: inout ShardEffects) {
        wheel.advance(to: now)
        for _ in 0..<limit {
            guard let slot = wheel.nextDue() else { return }
            let expiry = expiry(of: slot)
            if expiry <= now {
                remove(slot, because: .expired, effects: &effects)
            } else {
                wheel.insert(slot, deadline: expiry, now: now)
            }
        }
    }

    /// Changes the capacity, and the share unless the change lends capacity; evicts entries beyond the new capacity.
    mutating func resize(to capacity: Int, share: Int? = nil, now: CacheInstant, effects: inout ShardEffects) {
        if let share { self.share = share }
        policy.resize(to: capacity)
        if !policy.hasCosts { index.resize(slots: capacity) }
        makeRoom(for: 0, now: now, effects: &effects)
    }

    private mutating func makeRoom(for cost: Int, now: CacheInstant, effects: inout ShardEffects) {
        while !policy.hasRoom(for: cost) {
            let victim = policy.evict(for: cost)
            prefetch(victim)
            discard(victim, because: expiry(of: victim) > now ? .size : .expired, effects: &effects)
        }
    }

    private mutating func remove(_ slot: Slot, because reason: EvictionReason?, effects: inout ShardEffects) {
        policy.remove(slot)
        discard(slot, because: reason, effects: &effects)
    }

    /// Prefetches the cache lines that emptying a slot needs.
    private func prefetch(_ slot: Slot) {
        index.prefetch(policy.hashes[slot])
        slots.prefetch(slot)
        trie.prefetch(slot)
        wheel.prefetch(slot)
    }

    /// Empties a slot that the policy has released.
    private mutating func discard(_ slot: Slot, because reason: EvictionReason?, effects: inout ShardEffects) {
        if let reason { effects.recordEviction(of: slots[slot].key, because: reason) }
        index.remove(policy.hashes[slot], slot: slot, hashes: policy.hashes)
        trie.remove(slot)
        clear(slot, effects: &effects)
        slots[slot].key = ""
    }

    private mutating func replace(
        _ slot: Slot,
        with entry: borrowing MemoryEntry,
        now: CacheInstant,
        effects: inout ShardEffects
    ) {
        clear(slot, effects: &effects)
        fill(slot, with: entry, now: now)
    }

    private mutating func fill(_ slot: Slot, with entry: borrowing MemoryEntry, now: CacheInstant) {
        slots[slot].value = .passRetained(entry.value)
        slots[slot].freshUntil = entry.freshUntil
        if !entry.metadata.isEmpty {
            metadata[slot] = entry.metadata
            for tag in entry.metadata.tags { tagged[KeyBytes(tag), default: []].insert(slot) }
        }
        if entry.freshUntil != .distantFuture { wheel.insert(slot, deadline: entry.expiresAt, now: now) }
    }

    private mutating func clear(_ slot: Slot, effects: inout ShardEffects) {
        effects.deferRelease(of: slots[slot].value?.takeRetainedValue())
        slots[slot].value = nil
        wheel.remove(slot)
        guard !metadata.isEmpty, let old = metadata.removeValue(forKey: slot) else { return }
        for tag in old.tags.lazy.map(KeyBytes.init) {
            tagged[tag]?.remove(slot)
            if tagged[tag]?.isEmpty == true { tagged[tag] = nil }
        }
    }
}

/// The properties of a new shard; in a store, only one shard feeds the shadows.
struct ShardShape: Sendable {
    let hasCosts: Bool
    var feedsShadows: Bool
    let hash: KeyHash
}
