// SPDX-License-Identifier: Apache-2.0

#if CACHING_INVARIANTS
    import Synchronization

    extension MemoryBackend {
        /// Checks that all parts of the store agree, and throws the first violation.
        ///
        /// O(entries). Other threads may use the backend during the check.
        package func checkInvariants() throws(InvariantViolation) { try store.checkInvariants() }

        /// Returns the number of entries that an invalidation of a pattern would inspect.
        package func candidateCount(for pattern: KeyPattern) -> Int {
            (0..<store.shardCount).reduce(0) { sum, number in
                sum + store.withShard(number) { $0.trie.slots(withPrefix: pattern.prefixBytes).count }
            }
        }

        /// The number of buckets that a search for each entry inspects at most.
        package var probeLengths: [Int] {
            (0..<store.shardCount).flatMap { number in
                store.withShard(number) { shard in
                    shard.policy.usedSlots.filter { shard.policy.isLive($0) }.map {
                        shard.index.probeLength(shard.policy.hash(of: $0))
                    }
                }
            }
        }

        /// The number of entries in the timer wheels.
        package var endingCount: Int {
            (0..<store.shardCount).reduce(0) { sum, number in
                sum
                    + store.withShard(number) { shard in
                        shard.policy.usedSlots.count { shard.wheel.contains($0) }
                    }
            }
        }

        /// The number of hits of ``value(for:as:)``.
        package var hitCount: Int { store.hits.count }

        /// Whether readers of the first shard need no mutex now.
        package var isReadBiased: Bool { store.shards.pointee.lock.isReadBiased }

        /// The current capacity of each shard.
        package var shardCapacities: [Int] {
            (0..<store.shardCount).map { store.capacity(of: $0) }
        }
    }
#endif
