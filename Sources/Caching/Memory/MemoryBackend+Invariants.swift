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

        /// How many buckets a search for each entry looks at, at most.
        package var probeLengths: [Int] {
            (0..<store.shardCount).flatMap { number in
                store.shards[number].mutex.withLock { shard in
                    (0..<UInt32(shard.policy.slotsUsed)).filter { shard.policy.isLive($0) }.map {
                        shard.index.probeLength(shard.policy.hash(of: $0))
                    }
                }
            }
        }

        /// How many entries are to expire and waiting for it.
        package var endingCount: Int {
            (0..<store.shardCount).reduce(0) { sum, number in
                sum
                    + store.shards[number].mutex.withLock { shard in
                        (0..<UInt32(shard.policy.slotsUsed)).count { shard.wheel.contains($0) }
                    }
            }
        }

        /// The capacity of each shard, as it is shared now.
        package var shardCapacities: [Int] {
            (0..<store.shardCount).map { store.shards[$0].mutex.withLock { $0.policy.capacity } }
        }
    }
#endif
