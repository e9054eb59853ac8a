// SPDX-License-Identifier: Apache-2.0

public import Synchronization

/// What the readers of a store have not told it yet: for each, how many hits it had, and which of them the shadows are
/// to see.
///
/// A reader that wrote to the shard with each hit would take a cache line away from the others. So each has lines of
/// its own.
///
/// It is `@unchecked Sendable` because of the pointer: the memory is owned by one value and freed with it. The counts
/// are atomic. The hashes of a reader are touched by its thread while it holds the first shard's lock or has its mutex,
/// and by a writer of the first shard, for whom all readers have let go.
@usableFromInline
struct ReadBuffers: ~Copyable, @unchecked Sendable {
    /// Two lines of memory for each reader, which processors fetch in pairs: the hits, the number of hashes, the hashes.
    @usableFromInline static let stride = 2 * CacheLine.size
    @usableFromInline static let countOffset = 8
    @usableFromInline static let hashOffset = 12
    /// How many hashes a reader keeps before it passes them on.
    @usableFromInline static let hashesPerReader = (stride - hashOffset) / 4

    private static let byteCount = ReaderTable.maximum * stride

    @usableFromInline let lines: UnsafeMutableRawPointer

    init() {
        lines = .allocate(byteCount: Self.byteCount, alignment: Self.stride)
        lines.initializeMemory(as: UInt8.self, repeating: 0, count: Self.byteCount)
    }

    deinit { lines.deallocate() }

    /// How many hits all readers had.
    var hits: Int {
        (0..<ReaderTable.maximum).reduce(0) {
            $0 + hits(lines + $1 * Self.stride).pointee.load(ordering: .relaxed)
        }
    }

    @inlinable
    @inline(__always)
    func countHit(_ reader: Int) {
        let hits = hits(lines + reader &* Self.stride)
        // Nobody else writes it.
        hits.pointee.store(hits.pointee.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
    }

    /// Keeps the hash of a hit.
    ///
    /// - Returns: Whether there is room for no more.
    @inlinable
    @inline(__always)
    func append(_ hash: UInt32, _ reader: Int) -> Bool {
        let line = lines + reader &* Self.stride
        let count = line.load(fromByteOffset: Self.countOffset, as: UInt32.self)
        line.storeBytes(of: hash, toByteOffset: Self.hashOffset &+ Int(count) &* 4, as: UInt32.self)
        line.storeBytes(of: count &+ 1, toByteOffset: Self.countOffset, as: UInt32.self)
        return count &+ 1 == Self.hashesPerReader
    }

    /// Hands out the hashes of a reader, in their order, and forgets them.
    func drain(_ reader: Int, _ body: (UnsafeBufferPointer<UInt32>) -> Void) {
        let line = lines + reader * Self.stride
        let count = line.load(fromByteOffset: Self.countOffset, as: UInt32.self)
        guard count > 0 else { return }
        (line + Self.hashOffset).withMemoryRebound(to: UInt32.self, capacity: Int(count)) {
            body(UnsafeBufferPointer(start: $0, count: Int(count)))
        }
        line.storeBytes(of: 0, toByteOffset: Self.countOffset, as: UInt32.self)
    }

    @inlinable
    @inline(__always)
    func hits(_ line: UnsafeMutableRawPointer) -> UnsafeMutablePointer<Atomic<Int>> {
        line.assumingMemoryBound(to: Atomic<Int>.self)
    }
}
