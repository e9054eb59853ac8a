// SPDX-License-Identifier: Apache-2.0

/// The hashes of hits that the shadows of a shard have not seen yet, in a buffer for each reader.
///
/// If readers wrote to memory of the shard, each hit would take a cache line away from other threads. So each reader has
/// lines of its own: 8 KB in all, where there are shadows.
///
/// It is `@unchecked Sendable` because of the pointer: the memory is owned by one value and freed with it. The buffer of
/// a reader is accessed by the thread of that reader while it holds the lock of the shard, and by a writer of the shard,
/// which excludes all readers.
@usableFromInline
struct ReadBuffers: ~Copyable, @unchecked Sendable {
    /// The bytes for each reader: two cache lines, because processors fetch lines in pairs.
    ///
    /// The number of hashes comes first, followed by the hashes.
    @usableFromInline static let stride = 2 * CacheLine.size
    @usableFromInline static let hashOffset = 4
    /// The number of hashes in a full buffer.
    @usableFromInline static let hashesPerReader = (stride - hashOffset) / 4

    private static let byteCount = ReaderTable.maximum * stride

    /// The buffers; nil where there are no shadows.
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

    /// Appends the hash of a hit to the buffer of a reader, where there are shadows.
    ///
    /// - Returns: Whether the buffer is full now.
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

    /// Passes the hashes of a reader, in their order, to a closure and empties the buffer.
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
