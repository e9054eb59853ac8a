// SPDX-License-Identifier: Apache-2.0

#if CACHING_INVARIANTS
    import Synchronization

    extension MemoryStore {
        /// Checks every shard, that each holds only keys of its own, and that the capacities add up to that of the store.
        ///
        /// O(entries). Other threads may use the store during the check.
        func checkInvariants() throws(InvariantViolation) {
            try capacity.withLock { capacity throws(InvariantViolation) in
                var (capacities, shares) = (0, 0)
                for number in 0..<shardCount {
                    try withShard(number) { shard throws(InvariantViolation) in
                        do { try shard.checkInvariants(hash: hash) } catch {
                            throw InvariantViolation("shard \(number): \(error)")
                        }
                        for slot in shard.policy.usedSlots where shard.slots[slot].value != nil {
                            let key = shard.slots[slot].key
                            try ensure(self.shard(hash(key)) == number, "\(key) is in its shard")
                        }
                        capacities += shard.policy.capacity
                        shares += shard.share
                    }
                }
                try ensure(capacities == capacity, "the shards may hold \(capacities) together, of \(capacity)")
                try ensure(shares == capacity, "the shards' shares are \(shares) together, of \(capacity)")
            }
        }
    }
#endif
