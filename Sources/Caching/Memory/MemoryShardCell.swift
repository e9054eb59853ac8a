// SPDX-License-Identifier: Apache-2.0

/// A shard and its lock, whose address must not change.
@usableFromInline
struct MemoryShardCell: ~Copyable, Sendable {
    @usableFromInline let lock = ReadBiasedLock()

    /// Read and changed under the lock.
    @usableFromInline var place: MemoryShardPlace

    /// Two cells have no cache line in common, nor two that are fetched together.
    private let padding = (SIMD8<UInt64>(), SIMD2<UInt64>())

    init(_ shape: ShardShape, capacity: Int) { place = MemoryShardPlace(shape, capacity: capacity) }

    /// The shard, which is used under the lock.
    @inlinable
    var shard: UnsafeMutablePointer<MemoryShard> {
        @inline(__always) get { place.shard }
    }
}
