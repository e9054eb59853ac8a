// SPDX-License-Identifier: Apache-2.0

/// A shard and its lock, at an address that does not change.
@usableFromInline
struct MemoryShardCell: ~Copyable, Sendable {
    @usableFromInline let lock = ReadBiasedLock()

    /// The place of the shard, guarded by the lock.
    @usableFromInline var place: MemoryShardPlace

    /// Keeps cells apart, so that no two share a cache line or a pair of lines that is fetched together.
    private let padding = (SIMD8<UInt64>(), SIMD2<UInt64>())

    init(_ shape: ShardShape, capacity: Int) { place = MemoryShardPlace(shape, capacity: capacity) }

    /// Returns the address of the place in a cell; the caller must hold its lock.
    ///
    /// An access through the cell would be an access to the whole cell, and so to the lock, which other threads read at
    /// the same time.
    static func place(in cell: UnsafeMutablePointer<MemoryShardCell>) -> UnsafeMutablePointer<MemoryShardPlace> {
        (UnsafeMutableRawPointer(cell) + placeOffset).assumingMemoryBound(to: MemoryShardPlace.self)
    }

    /// The offset of the place, which follows the lock.
    private static var placeOffset: Int {
        let alignment = MemoryLayout<MemoryShardPlace>.alignment
        return (MemoryLayout<ReadBiasedLock>.size + alignment - 1) / alignment * alignment
    }

    /// Returns whether ``place(in:)`` finds the place of a cell; no other thread may use the cell.
    static func isLaidOutAsExpected(_ cell: UnsafeMutablePointer<MemoryShardCell>) -> Bool {
        withUnsafeMutablePointer(to: &cell.pointee.place) { $0 == place(in: cell) }
    }

    /// The shard; the caller must hold the lock.
    @inlinable
    var shard: UnsafeMutablePointer<MemoryShard> {
        @inline(__always) get { place.shard }
    }
}
