// SPDX-License-Identifier: Apache-2.0

/// The hits of readers that a shard's shadows are to see and have not seen yet.
///
/// A reader that wrote to the shard with each hit would take a cache line away from the others. So each has lines of
/// its own: 8 KB, where there are shadows.
///
/// It is `@unchecked Sendable` because of the pointer: the memory is owned by one value and freed with it. The hashes of
/// a reader are touched by its thread while it holds the shard's lock or has its mutex, and by who writes to the shard,
/// for whom all readers have let go.
@usableFromInline
struct ReadBuffers: ~Copyable, @unchecked Sendable {
    /// Two lines of memory for each reader, which processors fetch in pairs: the number of hashes, the hashes.
    @usableFromInline static let stride = 2 * CacheLine.size
    @usableFromInline static let hashOffset = 4
    /// How many hashes a reader keeps before it passes them on.
    @usableFromInline static let hashesPerReader = (stride - hashOffset) / 4

    private static let byteCount = ReaderTable.maximum * stride

    /// Nil where there are no shadows.
    @usableFromInline let lines: UnsafeMutableRawPointer?

    init(feedsShadows: Bool) {
        guard feedsShadows else {
            lines = nil
            return
        }
        let lines = UnsafeMutableRawPointer.allocate(byteCount: Self.byteCount, alignment: Self.stride)
        lines.initializeMemory(as: UInt8.self, repeating: 0, count: Self.byteCount)
        self.lines = lines
    }

    // Inlinable: Swift 6.3.1 crashes when a property that is usable from inline has a type whose end is not.
    @inlinable
    deinit { lines?.deallocate() }

    /// Keeps the hash of a hit, where there are shadows.
    ///
    /// - Returns: Whether there is room for no more.
    @inlinable
    @inline(__always)
    func append(_ hash: UInt32, _ reader: Int) -> Bool {
        guard let lines else { return false }
        let line = lines + reader &* Self.stride
        let count = line.load(as: UInt32.self)
        line.storeBytes(of: hash, toByteOffset: Self.hashOffset &+ Int(count) &* 4, as: UInt32.self)
        line.storeBytes(of: count &+ 1, as: UInt32.self)
        return count &+ 1 == Self.hashesPerReader
    }

    /// Hands out the hashes of a reader, in their order, and forgets them.
    func drain(_ reader: Int, _ body: (UnsafeBufferPointer<UInt32>) -> Void) {
        guard let lines else { return }
        let line = lines + reader * Self.stride
        let count = line.load(as: UInt32.self)
        guard count > 0 else { return }
        (line + Self.hashOffset).withMemoryRebound(to: UInt32.self, capacity: Int(count)) {
            body(UnsafeBufferPointer(start: $0, count: Int(count)))
        }
        line.storeBytes(of: 0, as: UInt32.self)
    }
}
