// SPDX-License-Identifier: Apache-2.0

#if THREAD_SANITIZER
    import Synchronization
#else
    public import Synchronization
#endif

/// The entries of a memory backend: synchronous, bounded, sharded.
///
/// Everything here is a short critical section on one shard. The hit path is inlinable, because a generic hit across
/// modules costs four times as much as a specialised one.
@usableFromInline
final class MemoryStore: Sendable {
    /// Fewer entries per shard than this cost hit ratio, because each shard evicts for itself.
    private static let minimumEntriesPerShard = 512
    private static let maximumShards = 16

    @usableFromInline let hash: KeyHash
    @usableFromInline let clock: any CacheClock
    @usableFromInline let usesSystemClock: Bool
    @usableFromInline let shardShift: UInt64
    let capacity: Int
    private let shardCount: Int
    private let evictedBySize = Atomic<Int>(0)
    private let evictedByExpiry = Atomic<Int>(0)
    private let evictionListener = Mutex<EvictionListener?>(nil)
    private let isListing = Atomic<Bool>(false)

    /// The shards.
    ///
    /// The pointer is set once and freed in `deinit`; each shard is reached through its own mutex, so sharing it
    /// between threads is safe.
    @usableFromInline nonisolated(unsafe) let shards: UnsafeMutablePointer<MemoryShardCell>

    init(capacity: Int, clock: any CacheClock, hash: KeyHash = .shared) {
        let capacity = max(1, capacity)
        var shardCount = 1
        while shardCount < Self.maximumShards, capacity / (shardCount * 2) >= Self.minimumEntriesPerShard {
            shardCount *= 2
        }
        self.capacity = capacity
        self.hash = hash
        self.clock = clock
        self.usesSystemClock = clock is SystemCacheClock
        self.shardCount = shardCount
        shardShift = UInt64(64 - shardCount.trailingZeroBitCount)
        shards = .allocate(capacity: shardCount)
        for number in 0..<shardCount {
            let share = capacity / shardCount + (number < capacity % shardCount ? 1 : 0)
            (shards + number).initialize(to: MemoryShardCell(capacity: share))
        }
    }

    deinit {
        shards.deinitialize(count: shardCount)
        shards.deallocate()
    }

    /// Nanoseconds on the cache's clock.
    @inlinable
    var now: Int64 {
        usesSystemClock ? SystemCacheClock.coarseNanoseconds() : clock.now.nanoseconds
    }

    /// The shard of a hash.
    ///
    /// A shift by 64 is zero, so one shard needs no special case.
    @inlinable
    func shard(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash >> shardShift) }

    /// The fresh value of a key if it is of exactly this type: the hit path.
    ///
    /// A hit is counted, a miss is not.
    @inlinable
    func value<Value: Sendable>(forKey key: String, as type: Value.Type) -> Value? {
        let hash = hash(key)
        let now = now
        return shards[shard(hash)].mutex.withLock { shard -> Value? in
            guard let slot = shard.find(key, hash), shard.slots[slot].freshUntil > now,
                let stored = shard.slots[slot].value,
                // Spelled out: through `unboxed(as:)` the optimiser loses sight of it, and a hit costs a third more.
                ObjectIdentifier(Swift.type(of: stored)) == ObjectIdentifier(ValueBox<Value>.self)
            else { return nil }
            shard.hits &+= 1
            shard.policy.recordHit(slot)
            return unsafeDowncast(stored, to: ValueBox<Value>.self).value
        }
    }

    /// The entry of a key that is not gone, fresh or stale.
    ///
    /// Nothing is counted.
    func entry(_ key: String) -> MemorySlot? {
        let hash = hash(key)
        let now = now
        return shards[shard(hash)].mutex.withLock { shard in
            guard let slot = shard.find(key, hash), shard.slots[slot].expiresAt > now else { return nil }
            return shard.slots[slot]
        }
    }

    /// Counts a hit that was not found by ``value(forKey:as:)``.
    func recordHit(_ key: String) {
        let hash = hash(key)
        shards[shard(hash)].mutex.withLock { shard in
            shard.hits &+= 1
            if let slot = shard.find(key, hash) { shard.policy.recordHit(slot) }
        }
    }

    /// Stores a value and replaces what was there.
    ///
    /// It is kept for `ttl`, nil for as long as there is room; in the last part of that, `staleWindow`, it is stale.
    func insert(
        _ key: String,
        _ value: any StoredValue,
        ttl: Duration?,
        staleWindow: Duration,
        createdAt: Int64,
        tags: [String]
    ) {
        let now = CacheInstant(nanoseconds: now)
        let expiresAt = ttl.map { now.advanced(by: $0) } ?? .distantFuture
        let freshUntil = ttl.map { now.advanced(by: $0 - staleWindow) } ?? .distantFuture
        let slot = MemorySlot(
            key: key,
            hash: hash(key),
            value: value,
            freshUntil: freshUntil.nanoseconds,
            expiresAt: expiresAt.nanoseconds,
            createdAt: createdAt,
            tags: tags
        )
        change(shard(slot.hash)) { $0.insert(slot, now: now.nanoseconds, evicted: &$1) }
    }

    /// Removes a key; true when there was an entry that had not expired.
    func remove(_ key: String) -> Bool {
        let hash = hash(key)
        let now = now
        return change(shard(hash)) { $0.remove(key, hash, now: now, evicted: &$1) }
    }

    /// Removes what matches and returns how many entries were alive.
    ///
    /// O(entries).
    func removeAll(where isMatch: (MemorySlot) -> Bool) -> Int {
        let now = now
        return (0..<shardCount).reduce(0) { sum, number in
            sum + change(number) { $0.removeAll(where: isMatch, now: now, evicted: &$1) }
        }
    }

    /// Removes everything: O(shards) for the caller's locks, the entries are freed outside of them.
    func removeAll() {
        for number in 0..<shardCount {
            let share = capacity / shardCount + (number < capacity % shardCount ? 1 : 0)
            shards[number].replace(with: MemoryShard(capacity: share))
        }
    }

    /// Looks at up to `limit` slots of every shard and frees those that have expired.
    func sweep(limit: Int) {
        let now = now
        for number in 0..<shardCount { change(number) { $0.sweep(limit: limit, now: now, evicted: &$1) } }
    }

    /// How many entries there are, expired ones that were not swept yet among them.
    var count: Int { (0..<shardCount).reduce(0) { $0 + shards[$1].mutex.withLock { $0.count } } }

    /// What the store counted so far.
    var counters: (hits: Int, evictedBySize: Int, evictedByExpiry: Int) {
        let hits = (0..<shardCount).reduce(0) { $0 + shards[$1].mutex.withLock { $0.hits } }
        return (hits, evictedBySize.load(ordering: .relaxed), evictedByExpiry.load(ordering: .relaxed))
    }

    /// Names who is told about each eviction, after the locks are released, while ``setListing(_:)`` says so.
    func listen(_ listener: @escaping @Sendable (String, EvictionReason) -> Void) {
        evictionListener.withLock { $0 = EvictionListener(notify: listener) }
    }

    /// Whether evicted keys are listed for the listener, which costs an array for each eviction.
    func setListing(_ isListing: Bool) { self.isListing.store(isListing, ordering: .relaxed) }

    /// Changes a shard under its lock, then counts and reports what was pushed out.
    private func change<Result>(_ number: Int, _ body: (inout MemoryShard, inout EvictedKeys) -> Result) -> Result {
        var evicted = EvictedKeys(isListing: isListing.load(ordering: .relaxed))
        let result = shards[number].mutex.withLock { body(&$0, &evicted) }
        if evicted.bySize > 0 { evictedBySize.wrappingAdd(evicted.bySize, ordering: .relaxed) }
        if evicted.byExpiry > 0 { evictedByExpiry.wrappingAdd(evicted.byExpiry, ordering: .relaxed) }
        if !evicted.list.isEmpty, let listener = evictionListener.withLock({ $0 }) {
            for (key, reason) in evicted.list { listener.notify(key, reason) }
        }
        return result
    }
}

/// A closure in a struct.
///
/// In a `Mutex` of its own type it would be wrapped in one more thunk by each `withLock`, which hands it over
/// generically and takes it back: calls would become slower and slower, and overflow the stack.
private struct EvictionListener: Sendable {
    let notify: @Sendable (String, EvictionReason) -> Void
}
