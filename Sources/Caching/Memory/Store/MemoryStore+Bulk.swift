// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Operations on all shards.
extension MemoryStore {
    /// The largest number of entries that the caller frees itself; more are freed in the background.
    private static let entriesFreedInPlace = 1024

    /// Removes the entries whose keys match and returns the number of those that had not expired.
    ///
    /// O(shards + entries in the namespaces of the pattern). In shards without a match, readers keep going without the mutex.
    func removeAll(matching pattern: KeyPattern) -> Int { removeAll { $0.slots(matching: pattern) } }

    /// Removes the entries with a tag and returns the number of those that had not expired.
    ///
    /// O(shards + entries with the tag). In shards without such an entry, readers keep going without the mutex.
    func removeAll(tagged tag: String) -> Int { removeAll { $0.slots(tagged: tag) } }

    private func removeAll(_ slots: (borrowing MemoryShard) -> [Slot]) -> Int {
        let now = now
        func find(_ shard: borrowing MemoryShard) -> [Slot]? {
            let found = slots(shard)
            return found.isEmpty ? nil : found
        }
        return (0..<shardCount).reduce(0) { sum, number in
            sum + (change(number, after: find) { $0.removeAll($1, now: now, effects: &$2) } ?? 0)
        }
    }

    /// Removes everything: O(shards) for the caller.
    ///
    /// A task in the background frees many entries.
    func removeAll() {
        resetExpert()
        free(capacity.withLock { _ in (0..<shardCount).compactMap { retire($0).map { .passRetained($0) } } })
    }

    /// Removes everything, including the tables, so that a few bytes remain for each shard.
    ///
    /// Other threads may go on reading and find nothing. The next write allocates the tables again; the capacity stays
    /// the same.
    func release() {
        resetExpert()
        free(
            capacity.withLock { capacity in
                (0..<shardCount).compactMap { number in
                    let share = Self.share(of: capacity, number, shardCount)
                    let cell = shards + number
                    return cell.pointee.lock.withWriteLock(UInt(bitPattern: cell)) { wasBiased in
                        collectReads(number, wasBiased: wasBiased)
                        return MemoryShardCell.place(in: cell).pointee.release(share: share).map { .passRetained($0) }
                    }
                }
            }
        )
    }

    /// Frees shards, in the background if they have many entries.
    ///
    /// The task must release the last reference, so the callers keep no other reference to a shard.
    private func free(_ references: [Unmanaged<RetiredShard>]) {
        let retired = RetiredShards(references: references)
        if retired.count > Self.entriesFreedInPlace {
            Task.detached(priority: .background) { retired.free() }
        } else {
            retired.free()
        }
    }

    /// Replaces a shard by an empty one and returns the old one, which takes time to free; nil when it was released.
    ///
    /// The caller must hold the lock of the capacity.
    private func retire(_ number: Int) -> RetiredShard? {
        let cell = shards + number
        let (capacity, share, isReleased) = cell.pointee.lock.withMutex {
            (cell.pointee.place.capacity, cell.pointee.place.share, cell.pointee.place.isReleased)
        }
        guard !isReleased else { return nil }
        var old = MemoryShard(shape(number), capacity: capacity, share: share)
        withShard(number) { swap(&$0, &old) }
        return RetiredShard(old)
    }

    /// Frees up to `limit` expired entries of every shard.
    ///
    /// In shards without due entries, readers keep going without the mutex.
    func freeExpired(limit: Int) {
        let now = now
        for number in 0..<shardCount {
            _ = change(number, after: { $0.wheel.hasDue(at: now) ? () : nil }) { shard, _, effects in
                shard.freeExpired(now: now, limit: limit, effects: &effects)
            }
        }
    }

    /// The number of entries, including expired ones that are not freed yet.
    ///
    /// Shards lend no capacity during the sum, so it never exceeds the capacity.
    var count: Int {
        capacity.withLock { _ in (0..<shardCount).reduce(0) { $0 + reading($1) { $0.count } } }
    }

    /// The sum of the costs of the entries.
    var cost: Int {
        capacity.withLock { _ in (0..<shardCount).reduce(0) { $0 + reading($1) { $0.policy.cost } } }
    }
}

/// Shards to be freed, once, by the caller or by a task.
private struct RetiredShards: Sendable {
    let references: [Unmanaged<RetiredShard>]

    var count: Int { references.reduce(0) { $0 + $1.takeUnretainedValue().count } }

    func free() { for reference in references { reference.release() } }
}
