// SPDX-License-Identifier: Apache-2.0

public import Synchronization

/// A counter of the hits of one cache; several caches may share a store.
///
/// Each reader has a count in two cache lines of its own, because processors fetch lines in pairs: a hit takes no line
/// away from another thread. Threads without a reader share one more count. The first hit allocates them: 8 KB.
///
/// It is `@unchecked Sendable` because of the pointer: the memory is owned by one value and freed with it, and the counts are
/// atomic.
@usableFromInline
package struct HitCounter: ~Copyable, @unchecked Sendable {
    @usableFromInline static let stride = 2 * CacheLine.size
    private static let lineCount = ReaderTable.maximum + 1

    @usableFromInline let lines = Atomic<UnsafeMutableRawPointer?>(nil)

    /// Creates a counter at zero.
    package init() {}

    deinit { lines.load(ordering: .relaxed)?.deallocate() }

    /// The hits of all threads so far.
    package var count: Int {
        guard let lines = lines.load(ordering: .acquiring) else { return 0 }
        return (0..<Self.lineCount).reduce(0) { $0 &+ Self.hits(lines, $1).pointee.load(ordering: .relaxed) }
    }

    /// Counts a hit of a reader; the caller must be the thread of the reader.
    @inlinable
    @inline(__always)
    func countHit(reader: Int) {
        guard let lines = lines.load(ordering: .acquiring) else { return countHit() }
        let hits = Self.hits(lines, reader)
        // Only this thread writes the count.
        hits.pointee.store(hits.pointee.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
    }

    /// Counts a hit of any thread.
    @usableFromInline
    @inline(never)
    package func countHit() {
        let lines = lines.load(ordering: .acquiring) ?? makeLines()
        Self.hits(lines, ReaderTable.maximum).pointee.wrappingAdd(1, ordering: .relaxed)
    }

    private func makeLines() -> UnsafeMutableRawPointer {
        let made = UnsafeMutableRawPointer.allocate(byteCount: Self.lineCount * Self.stride, alignment: Self.stride)
        for line in 0..<Self.lineCount {
            (made + line * Self.stride).bindMemory(to: Atomic<Int>.self, capacity: 1).initialize(to: Atomic(0))
        }
        let (isFirst, others) = lines.compareExchange(expected: nil, desired: made, ordering: .acquiringAndReleasing)
        guard !isFirst, let others else { return made }
        made.deallocate()
        return others
    }

    @inlinable
    @inline(__always)
    static func hits(_ lines: UnsafeMutableRawPointer, _ line: Int) -> UnsafeMutablePointer<Atomic<Int>> {
        (lines + line &* stride).assumingMemoryBound(to: Atomic<Int>.self)
    }
}
