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

    /// Returns the place in a cell, to be changed under its lock.
    ///
    /// Not through the cell: that would be an access to all of it, and so to the lock, which others read meanwhile.
    static func place(in cell: UnsafeMutablePointer<MemoryShardCell>) -> UnsafeMutablePointer<MemoryShardPlace> {
        (UnsafeMutableRawPointer(cell) + placeOffset).assumingMemoryBound(to: MemoryShardPlace.self)
    }

    /// The lock comes first, and the place behind it.
    private static var placeOffset: Int {
        let alignment = MemoryLayout<MemoryShardPlace>.alignment
        return (MemoryLayout<ReadBiasedLock>.size + alignment - 1) / alignment * alignment
    }

    /// Whether ``place(in:)`` finds the place of a cell; only before others use it.
    static func isLaidOutAsExpected(_ cell: UnsafeMutablePointer<MemoryShardCell>) -> Bool {
        withUnsafeMutablePointer(to: &cell.pointee.place) { $0 == place(in: cell) }
    }

    /// The shard, which is used under the lock.
    @inlinable
    var shard: UnsafeMutablePointer<MemoryShard> {
        @inline(__always) get { place.shard }
    }
}
