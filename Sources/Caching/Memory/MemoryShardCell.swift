// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A shard and its lock, whose address must not change.
@usableFromInline
struct MemoryShardCell: ~Copyable, Sendable {
    @usableFromInline let lock = ReadBiasedLock()

    /// The hits of those who took the mutex.
    private let hitsUnderMutex = Atomic<Int>(0)

    /// What was pushed out by changes of this shard.
    private let evictedBySize = Atomic<Int>(0)
    private let evictedByExpiry = Atomic<Int>(0)

    @usableFromInline let shard: Pinned<MemoryShard>

    /// Two cells have no cache line in common, nor two that are fetched together.
    private let padding = (SIMD8<UInt64>(), SIMD2<UInt64>())

    init(_ shape: ShardShape, capacity: Int) {
        shard = Pinned(MemoryShard(shape, capacity: capacity, share: capacity))
    }

    /// What was counted here so far.
    var counters: (hits: Int, evictedBySize: Int, evictedByExpiry: Int) {
        (
            hitsUnderMutex.load(ordering: .relaxed), evictedBySize.load(ordering: .relaxed),
            evictedByExpiry.load(ordering: .relaxed)
        )
    }

    /// Counts a hit; only for who has the mutex.
    @usableFromInline
    func countHit() { Self.add(1, to: hitsUnderMutex) }

    /// Counts what was pushed out; only for who has the mutex.
    func countEvictions(bySize: Int, byExpiry: Int) {
        if bySize > 0 { Self.add(bySize, to: evictedBySize) }
        if byExpiry > 0 { Self.add(byExpiry, to: evictedByExpiry) }
    }

    /// Nobody else adds at the same time, so this needs no locked instruction.
    private static func add(_ number: Int, to counter: borrowing Atomic<Int>) {
        counter.store(counter.load(ordering: .relaxed) &+ number, ordering: .relaxed)
    }
}
