// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// What concerns all shards.
extension MemoryStore {
    /// More entries than this are freed in the background.
    private static let entriesFreedInPlace = 1024

    /// Removes what matches and returns how many entries were alive.
    ///
    /// O(shards + entries that share the pattern's namespaces).
    func removeAll(matching pattern: KeyPattern) -> Int {
        let now = now
        return (0..<shardCount).reduce(0) { sum, number in
            sum + change(number) { $0.removeAll(matching: pattern, now: now, evicted: &$1) }
        }
    }

    /// Removes what carries a tag and returns how many entries were alive.
    ///
    /// O(shards + entries with the tag).
    func removeAll(tagged tag: String) -> Int {
        let now = now
        return (0..<shardCount).reduce(0) { sum, number in
            sum + change(number) { $0.removeAll(tagged: tag, now: now, evicted: &$1) }
        }
    }

    /// Removes everything: O(shards) for the caller.
    ///
    /// What costs time to free is freed by a task in the background.
    func removeAll() {
        resetExpert()
        let retired = (0..<shardCount).map { shards[$0].replace(shape($0)) }
        guard retired.reduce(0, { $0 + $1.count }) > Self.entriesFreedInPlace else { return }
        // The task has to be the last to let go.
        let references = retired.map { Unmanaged.passRetained($0) }
        let handover = RetiredShards(references: references)
        Task.detached(priority: .background) { handover.free() }
    }

    /// Frees up to `limit` expired entries of every shard.
    func freeExpired(limit: Int) {
        let now = now
        for number in 0..<shardCount { change(number) { $0.freeExpired(now, limit: limit, &$1) } }
    }

    /// Changes how much it holds; evicts at once what is too much.
    ///
    /// The number of shards stays what it is.
    func resize(to limit: Int) {
        let now = now
        capacity.withLock { capacity in
            capacity = max(1, measure == nil ? min(limit, MemoryCapacity.maximumEntries) : limit)
            let parts = (0..<shardCount).map { Self.share(of: capacity, $0, shardCount) }
            // First those that get less, so that the sum is never above both the old and the new bound.
            let shrinking = (0..<shardCount).sorted { lessRoom($0, parts) && !lessRoom($1, parts) }
            for number in shrinking { change(number) { $0.resize(to: parts[number], now: now, evicted: &$1) } }
        }
    }

    /// How many entries there are, expired ones that were not freed yet among them.
    var count: Int { (0..<shardCount).reduce(0) { $0 + shards[$1].mutex.withLock { $0.count } } }

    /// The sum of what the entries cost.
    var cost: Int { (0..<shardCount).reduce(0) { $0 + shards[$1].mutex.withLock { $0.policy.cost } } }

    /// What the store counted so far.
    var counters: (hits: Int, evictedBySize: Int, evictedByExpiry: Int) {
        let hits = (0..<shardCount).reduce(0) { $0 + shards[$1].mutex.withLock { $0.hits } }
        return (hits, reports.bySize, reports.byExpiry)
    }

    /// Lets a shard hold an entry that is larger than its share, if it is not larger than the whole.
    ///
    /// The other shards give what it needs, those that have most first; the sum stays what it is.
    func reserve(_ cost: Int, in number: Int, key: String) throws {
        guard shards[number].mutex.withLock({ $0.policy.capacity }) < cost else { return }
        let now = now
        try capacity.withLock { capacity in
            guard cost <= capacity else {
                _ = remove(key)
                throw CacheError.entryTooLarge(key: key, cost: cost, limit: capacity)
            }
            let shares = (0..<shardCount).map { number in shards[number].mutex.withLock { $0.policy.capacity } }
            var missing = cost - shares[number]
            for donor in (0..<shardCount).sorted(by: { shares[$0] > shares[$1] }) where donor != number {
                let gift = min(missing, shares[donor])
                guard gift > 0 else { continue }
                change(donor) { $0.resize(to: shares[donor] - gift, now: now, evicted: &$1) }
                missing -= gift
            }
            change(number) { $0.resize(to: cost, now: now, evicted: &$1) }
        }
    }

    private func lessRoom(_ number: Int, _ parts: [Int]) -> Bool {
        shards[number].mutex.withLock { $0.policy.capacity } > parts[number]
    }
}

/// Shards that a task is to free.
private struct RetiredShards: @unchecked Sendable {
    // @unchecked, because Unmanaged is not Sendable: the shards are, and this is used once.
    let references: [Unmanaged<RetiredShard>]

    func free() { for reference in references { reference.release() } }
}
