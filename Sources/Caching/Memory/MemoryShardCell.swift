// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A shard and its lock, whose address must not change.
@usableFromInline
struct MemoryShardCell: ~Copyable, Sendable {
    @usableFromInline let lock = ReadBiasedLock()

    /// The hits of those who took the mutex.
    private let hitsUnderMutex = Atomic<Int>(0)

    @usableFromInline let shard: Pinned<MemoryShard>

    /// Two cells have no cache line in common, nor two that are fetched together.
    private let padding = (SIMD8<UInt64>(), SIMD4<UInt64>())

    init(_ shape: ShardShape, capacity: Int) {
        shard = Pinned(MemoryShard(shape, capacity: capacity, share: capacity))
    }

    var hits: Int { hitsUnderMutex.load(ordering: .relaxed) }

    /// Counts a hit; only for who has the mutex.
    @usableFromInline
    func countHit() { hitsUnderMutex.store(hitsUnderMutex.load(ordering: .relaxed) &+ 1, ordering: .relaxed) }
}
