// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The entries of a memory backend, in shards.
///
/// An operation is a short critical section on one shard. Reads without writes between them need not take its mutex.
@usableFromInline
final class MemoryStore: Sendable {
    @usableFromInline let hash: KeyHash
    @usableFromInline let clock: any CacheClock
    @usableFromInline let usesSystemClock: Bool
    @usableFromInline let shardShift: UInt64
    let measure: CostMeasure?
    let shardCount: Int
    let notifier: EvictionNotifier

    /// The capacity of all shards together; its lock guards the distribution over the shards.
    let capacity: Mutex<Int>

    /// The number of the expert that shard 0 has chosen.
    private let expert = Atomic<Int>(Expert.initial.rawValue)

    /// The shards.
    ///
    /// Sharing the pointer between threads is safe: it is set once and freed in `deinit`, and each shard is accessed only
    /// under its own lock.
    @usableFromInline nonisolated(unsafe) let shards: UnsafeMutablePointer<MemoryShardCell>

    /// The hits of callers that use the backend without a manager.
    @usableFromInline let hits = HitCounter()

    init(capacity: MemoryCapacity, clock: any CacheClock, hash: KeyHash = .shared) {
        measure = capacity.measure
        self.capacity = Mutex(capacity.limit)
        self.hash = hash
        self.clock = clock
        usesSystemClock = clock is SystemCacheClock
        shardCount = capacity.shards
        notifier = EvictionNotifier(shards: shardCount)
        shardShift = UInt64(64 - shardCount.trailingZeroBitCount)
        shards = .allocate(capacity: shardCount)
        for number in 0..<shardCount {
            let share = Self.share(of: capacity.limit, number, shardCount)
            (shards + number).initialize(to: MemoryShardCell(shape(number), capacity: share))
            guard MemoryShardCell.isLaidOutAsExpected(shards + number) else {
                fatalError("swift-caching: the parts of a shard's cell are not where they should be")
            }
        }
    }

    deinit {
        for number in 0..<shardCount { shards[number].place.free() }
        shards.deinitialize(count: shardCount)
        shards.deallocate()
    }

    /// The current time on the cache's clock.
    @inlinable
    var now: CacheInstant {
        usesSystemClock ? CacheInstant(nanoseconds: SystemCacheClock.coarseNanoseconds()) : clock.now
    }

    /// Returns the number of the shard of a hash, which is its upper bits; the shard keeps the lower half.
    ///
    /// A shift by 64 gives zero, so one shard needs no special case.
    @inlinable
    @inline(__always)
    func shard(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash >> shardShift) }

    /// This store for closures in its own methods, which would retain a captured `self`: a write to a cache line that all
    /// threads read.
    private var unretained: Unmanaged<MemoryStore> { .passUnretained(self) }

    /// Changes a shard under its lock, which excludes all readers.
    func withShard<Result, Failure: Error>(
        _ number: Int,
        _ body: (inout MemoryShard) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let cell = shards + number
        let store = unretained
        return try cell.pointee.lock.withWriteLock(UInt(bitPattern: cell)) { wasBiased throws(Failure) in
            store._withUnsafeGuaranteedRef { $0.prepare(number, wasBiased: wasBiased) }
            let shard = cell.pointee.shard
            return try body(&shard.pointee)
        }
    }

    /// Prepares a shard for a write; the caller must hold its lock.
    private func prepare(_ number: Int, wasBiased: Bool) {
        collectReads(number, wasBiased: wasBiased)
        let cell = shards + number
        if cell.pointee.place.isReleased { MemoryShardCell.place(in: cell).pointee.restore(shape(number)) }
    }

    /// Reads the parts of a shard that hits do not change; readers may go on at the same time.
    func reading<Result: ~Copyable>(_ number: Int, _ body: (borrowing MemoryShard) -> Result) -> Result {
        let cell = shards + number
        return cell.pointee.lock.withMutex { body(cell.pointee.shard.pointee) }
    }

    /// Returns the entry of a key, fresh or stale, without counting an access.
    func entry(_ key: String) -> MemoryEntry? {
        let hash = hash(key)
        let now = now
        return reading(shard(hash)) { $0.entry(key, hash: UInt32(truncatingIfNeeded: hash), now: now) }
    }

    /// Stores a value and replaces the entry that was there.
    ///
    /// The lifetime of the entry is `ttl`, or has no end when that is nil. In its last part, `staleWindow`, it is stale.
    ///
    /// - Throws: ``CacheError/entryTooLarge(key:cost:limit:)``, or ``NotEncodable`` when the capacity is in bytes; then
    ///   nothing is left under the key.
    @usableFromInline
    func insert(
        _ key: String,
        _ value: StoredValue,
        ttl: Duration?,
        staleWindow: Duration = .zero,
        createdAt: WallTime = .unknown,
        tags: [String] = []
    ) throws {
        let now = now
        let lifetime = EntryLifetime(ttl: ttl, staleWindow: staleWindow, now: now)
        let entry = MemoryEntry(
            value: value,
            cost: try cost(of: value, key: key),
            freshUntil: lifetime.freshUntil,
            metadata: EntryMetadata(createdAt: createdAt, staleNanoseconds: lifetime.staleNanoseconds, tags: tags)
        )
        let hash = hash(key)
        let number = shard(hash)
        let store = unretained
        let isStored = change(number) { shard, effects in
            guard !shard.mustBorrowCapacity(for: entry.cost) else { return false }
            store._withUnsafeGuaranteedRef { $0.follow(&shard, number: number) }
            shard.insert(
                key,
                hash: UInt32(truncatingIfNeeded: hash),
                entry: entry,
                now: now,
                effects: &effects
            )
            return true
        }
        if !isStored { try insertBorrowingCapacity(key, hash: hash, entry: entry, now: now) }
    }

    /// Returns the cost of a value; when it cannot be measured, removes the entry of the key and throws.
    private func cost(of value: StoredValue, key: String) throws -> Int {
        guard let measure else { return 1 }
        do { return try measure.cost(of: value, key: key) } catch {
            _ = remove(key)
            throw error
        }
    }

    /// Removes the entry of a key and returns whether there was one that had not expired.
    ///
    /// Where the key is absent, readers keep going without the mutex.
    func remove(_ key: String) -> Bool {
        let hash = hash(key)
        let now = now
        return change(shard(hash), after: { $0.find(key, hash: UInt32(truncatingIfNeeded: hash)) }) {
            shard,
            slot,
            effects in
            shard.remove(slot, now: now, effects: &effects)
        } ?? false
    }

    /// Replays the buffered hits of all readers in the shadows before a write, so that the shadows see accesses in their
    /// order.
    func collectReads(_ number: Int, wasBiased: Bool) { if wasBiased, number == 0 { drainReadBuffers() } }

    /// Changes a shard under its lock, and counts and reports the evictions.
    func change<Result>(_ number: Int, _ body: (inout MemoryShard, inout ShardEffects) -> Result) -> Result {
        var effects = ShardEffects(isListing: notifier.isListing)
        let store = unretained
        let result = withShard(number) { shard in
            let result = body(&shard, &effects)
            store._withUnsafeGuaranteedRef { $0.notifier.count(effects, shard: number) }
            return result
        }
        if effects.isListing { notifier.notify(of: effects) }
        return result
    }

    /// Changes a shard if `look` finds a reason to; otherwise its readers keep going without the mutex.
    ///
    /// - Returns: The result of `body`; nil when there was no reason.
    func change<Reason, Result>(
        _ number: Int,
        after look: (borrowing MemoryShard) -> Reason?,
        _ body: (inout MemoryShard, Reason, inout ShardEffects) -> Result
    ) -> Result? {
        var effects = ShardEffects(isListing: notifier.isListing)
        let cell = shards + number
        let store = unretained
        let find = { look(cell.pointee.shard.pointee) }
        let result = cell.pointee.lock.withWriteLock(UInt(bitPattern: cell), after: find) { wasBiased, reason in
            store._withUnsafeGuaranteedRef { $0.prepare(number, wasBiased: wasBiased) }
            let shard = cell.pointee.shard
            let result = body(&shard.pointee, reason, &effects)
            store._withUnsafeGuaranteedRef { $0.notifier.count(effects, shard: number) }
            return result
        }
        if effects.isListing { notifier.notify(of: effects) }
        return result
    }

    func shape(_ number: Int) -> ShardShape {
        ShardShape(hasCosts: measure != nil, feedsShadows: number == 0, hash: hash)
    }

    /// Resets the expert of all shards to the initial one.
    func resetExpert() { expert.store(Expert.initial.rawValue, ordering: .relaxed) }

    /// Returns the share of one shard in a capacity.
    static func share(of capacity: Int, _ number: Int, _ count: Int) -> Int {
        capacity / count + (number < capacity % count ? 1 : 0)
    }

    /// Publishes the expert of shard 0, or sets that expert in another shard.
    func follow(_ shard: inout MemoryShard, number: Int) {
        if number == 0 {
            let chosen = shard.policy.expert.rawValue
            // Written only when it changes, because every write to any shard reads it.
            if expert.load(ordering: .relaxed) != chosen { expert.store(chosen, ordering: .relaxed) }
        } else {
            let chosen = expert.load(ordering: .relaxed)
            if shard.policy.expert.rawValue != chosen { shard.policy.expert = Expert(rawValue: chosen) ?? .initial }
        }
    }
}
