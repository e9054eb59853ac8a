// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The distribution of the capacity over the shards.
///
/// The capacities of the shards always add up to the capacity of the store: they change only under its lock. Evicted
/// entries are reported and released after that lock, because the `deinit` of a value may use the cache.
extension MemoryStore {
    /// Changes the capacity, and evicts entries beyond it at once.
    ///
    /// The number of shards does not change.
    func resize(to limit: Int) {
        let now = now
        var effects = ShardEffects(isListing: notifier.isListing)
        capacity.withLock { capacity in
            capacity = max(1, measure == nil ? min(limit, shardCount * EvictionPolicy.maximumEntries) : limit)
            let parts = (0..<shardCount).map { Self.share(of: capacity, $0, shardCount) }
            let shrinks = (0..<shardCount).map { number in parts[number] < self.capacity(of: number) }
            // Shards that shrink come first, so that the sum never exceeds both the old and the new bound.
            for number in (0..<shardCount).filter({ shrinks[$0] }) + (0..<shardCount).filter({ !shrinks[$0] }) {
                withShard(number) {
                    $0.resize(to: parts[number], share: parts[number], now: now, effects: &effects)
                }
            }
        }
        notifier.report(effects)
    }

    /// Stores an entry that needs capacity of other shards: the entry is larger than the capacity of its shard, or its
    /// shard has lent a part of its share.
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

    /// Gives a shard the capacity of its share, and more if an entry needs it.
    ///
    /// The other shards first give capacity beyond their own shares, and then capacity of these; the largest give first.
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

    /// Returns the current capacity of a shard.
    func capacity(of number: Int) -> Int {
        let cell = shards + number
        return cell.pointee.lock.withMutex { cell.pointee.place.capacity }
    }
}
