// SPDX-License-Identifier: Apache-2.0

#if CACHING_INVARIANTS
    import Synchronization

    extension MemoryBackend {
        /// Checks that all parts of the store fit together, and throws the first thing that does not.
        ///
        /// O(entries). It may be called while other threads use the backend.
        package func checkInvariants() throws(InvariantViolation) { try store.checkInvariants() }

        /// How many entries an invalidation of a pattern would look at.
        package func candidateCount(for pattern: KeyPattern) -> Int {
            (0..<store.shardCount).reduce(0) { sum, number in
                sum + store.shards[number].mutex.withLock { $0.tree.slots(withPrefix: pattern.prefixBytes).count }
            }
        }

        /// The capacity of each shard, as it is shared now.
        package var shardCapacities: [Int] {
            (0..<store.shardCount).map { store.shards[$0].mutex.withLock { $0.policy.capacity } }
        }
    }
#endif
