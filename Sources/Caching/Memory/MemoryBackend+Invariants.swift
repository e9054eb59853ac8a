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
                sum + store.withShard(number) { $0.trie.slots(withPrefix: pattern.prefixBytes).count }
            }
        }

        /// How many buckets a search for each entry looks at, at most.
        package var probeLengths: [Int] {
            (0..<store.shardCount).flatMap { number in
                store.withShard(number) { shard in
                    shard.policy.usedSlots.filter { shard.policy.isLive($0) }.map {
                        shard.index.probeLength(shard.policy.hash(of: $0))
                    }
                }
            }
        }

        /// How many entries are to expire and waiting for it.
        package var endingCount: Int {
            (0..<store.shardCount).reduce(0) { sum, number in
                sum
                    + store.withShard(number) { shard in
                        shard.policy.usedSlots.count { shard.wheel.contains($0) }
                    }
            }
        }

        /// How many hits were found by ``value(for:as:)``.
        package var hitCount: Int { store.hits.count }

        /// Whether reads of the first shard go without the mutex now.
        package var isReadBiased: Bool { store.shards.pointee.lock.isReadBiased }

        /// The capacity of each shard, as it is shared now.
        package var shardCapacities: [Int] {
            (0..<store.shardCount).map { store.capacity(of: $0) }
        }
    }
#endif
