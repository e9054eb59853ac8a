// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// What concerns all shards.
extension MemoryStore {
    /// More entries than this are freed in the background.
    private static let entriesFreedInPlace = 1024

    /// Removes what matches and returns how many entries were alive.
    ///
    /// O(shards + entries that share the pattern's namespaces). Where nothing matches, readers notice nothing.
    func removeAll(matching pattern: KeyPattern) -> Int { removeAll { $0.slots(matching: pattern) } }

    /// Removes what carries a tag and returns how many entries were alive.
    ///
    /// O(shards + entries with the tag). Where nothing has the tag, readers notice nothing.
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
    /// What costs time to free is freed by a task in the background.
    func removeAll() {
        resetExpert()
        free(capacity.withLock { _ in (0..<shardCount).compactMap { retire($0).map { .passRetained($0) } } })
    }

    /// Removes everything, and the tables: what stays is a few bytes for each shard.
    ///
    /// Other threads may go on reading and find nothing. Who stores something gets tables again, and the capacity is
    /// what it was.
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

    /// Frees shards, in the background if that takes time.
    ///
    /// The task has to be the last to let go, so nobody may hold a shard for longer than its line.
    private func free(_ references: [Unmanaged<RetiredShard>]) {
        let retired = RetiredShards(references: references)
        if retired.count > Self.entriesFreedInPlace {
            Task.detached(priority: .background) { retired.free() }
        } else {
            retired.free()
        }
    }

    /// Puts an empty shard in place of one, and returns the old one, which costs time to free; nil when there is none.
    ///
    /// The caller sees to it that nobody changes the capacity meanwhile.
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
    /// Where nothing is due, readers notice nothing.
    func freeExpired(limit: Int) {
        let now = now
        for number in 0..<shardCount {
            _ = change(number, after: { $0.wheel.hasDue(at: now) ? () : nil }) { shard, _, effects in
                shard.freeExpired(now: now, limit: limit, effects: &effects)
            }
        }
    }

    /// How many entries there are, expired ones that were not freed yet among them.
    ///
    /// Shards lend each other no room meanwhile, so the sum is never above the capacity.
    var count: Int {
        capacity.withLock { _ in (0..<shardCount).reduce(0) { $0 + reading($1) { $0.count } } }
    }

    /// The sum of what the entries cost.
    var cost: Int {
        capacity.withLock { _ in (0..<shardCount).reduce(0) { $0 + reading($1) { $0.policy.cost } } }
    }
}

/// Shards that somebody is to free, once.
private struct RetiredShards: Sendable {
    let references: [Unmanaged<RetiredShard>]

    var count: Int { references.reduce(0) { $0 + $1.takeUnretainedValue().count } }

    func free() { for reference in references { reference.release() } }
}
