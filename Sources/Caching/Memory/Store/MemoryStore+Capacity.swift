// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// How the shards share the capacity.
///
/// The sum of their capacities is the whole, always: it changes hands only under the lock of the whole. What is pushed
/// out is reported and freed when that lock is released, because a value's `deinit` may use the cache.
extension MemoryStore {
    /// Changes how much it holds; evicts at once what is too much.
    ///
    /// The number of shards stays what it is.
    func resize(to limit: Int) {
        let now = now
        var effects = ShardEffects(isListing: notifier.isListing)
        capacity.withLock { capacity in
            capacity = max(1, measure == nil ? min(limit, shardCount * EvictionPolicy.maximumEntries) : limit)
            let parts = (0..<shardCount).map { Self.share(of: capacity, $0, shardCount) }
            let shrinks = (0..<shardCount).map { number in parts[number] < self.capacity(of: number) }
            // First those that get less, so that the sum is never above both the old and the new bound.
            for number in (0..<shardCount).filter({ shrinks[$0] }) + (0..<shardCount).filter({ !shrinks[$0] }) {
                withShard(number) {
                    $0.resize(to: parts[number], share: parts[number], now: now, effects: &effects)
                }
            }
        }
        notifier.report(effects)
    }

    /// Stores an entry that needs room which other shards have: one that is larger than its shard's capacity, or one
    /// for a shard that has lent some of its share.
    ///
    /// - Throws: ``CacheError/entryTooLarge(key:cost:limit:)`` when it costs more than the whole capacity; then nothing
    ///   is left under the key.
    func insertBorrowingCapacity(_ key: String, hash: UInt64, entry: borrowing MemoryEntry, now: CacheInstant) throws {
        let number = shard(hash)
        var effects = ShardEffects(isListing: notifier.isListing)
        let tooSmall: Int? = capacity.withLock { capacity in
            guard entry.cost <= capacity else { return capacity }
            collect(entry.cost, for: number, of: capacity, now: now, effects: &effects)
            withShard(number) { shard in
                follow(&shard, number: number)
                shard.insert(key, hash: UInt32(truncatingIfNeeded: hash), entry: entry, now: now, effects: &effects)
            }
            return nil
        }
        notifier.report(effects)
        guard let tooSmall else { return }
        _ = remove(key)
        throw CacheError.entryTooLarge(key: key, cost: entry.cost, limit: tooSmall)
    }

    /// Gives a shard its share, and more if an entry needs it.
    ///
    /// The others give what they hold beyond their own shares, and only then of these, those that have most first.
    private func collect(
        _ cost: Int,
        for number: Int,
        of whole: Int,
        now: CacheInstant,
        effects: inout ShardEffects
    ) {
        var capacities = (0..<shardCount).map { self.capacity(of: $0) }
        let wanted = max(cost, Self.share(of: whole, number, shardCount))
        var missing = wanted - capacities[number]
        guard missing > 0 else { return }
        for leavesShare in [true, false] {
            for donor in (0..<shardCount).sorted(by: { capacities[$0] > capacities[$1] }) where donor != number {
                let kept = leavesShare ? Self.share(of: whole, donor, shardCount) : 0
                let gift = min(missing, capacities[donor] - kept)
                guard gift > 0 else { continue }
                capacities[donor] -= gift
                missing -= gift
                withShard(donor) { $0.resize(to: capacities[donor], now: now, effects: &effects) }
            }
        }
        withShard(number) { $0.resize(to: wanted, now: now, effects: &effects) }
    }

    /// The present capacity of a shard.
    func capacity(of number: Int) -> Int {
        let cell = shards + number
        return cell.pointee.lock.withMutex { cell.pointee.place.capacity }
    }
}
