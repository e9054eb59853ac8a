// SPDX-License-Identifier: Apache-2.0

public import Synchronization

/// Counts the hits of one cache, of several that may share a store.
///
/// Each reader has two lines of memory for its own count, which processors fetch in pairs: a hit takes no line away
/// from another thread. Threads without a reader share one more.
///
/// It is `@unchecked Sendable` because of the pointer: the memory is owned by one value and freed with it, and the
/// counts are atomic.
@usableFromInline
package struct HitCounter: ~Copyable, @unchecked Sendable {
    @usableFromInline static let stride = 2 * CacheLine.size
    private static let byteCount = (ReaderTable.maximum + 1) * stride

    @usableFromInline let lines: UnsafeMutableRawPointer

    /// A counter at 0.
    package init() {
        lines = .allocate(byteCount: Self.byteCount, alignment: Self.stride)
        for line in 0...ReaderTable.maximum {
            (lines + line * Self.stride).bindMemory(to: Atomic<Int>.self, capacity: 1).initialize(to: Atomic(0))
        }
    }

    deinit { lines.deallocate() }

    /// The hits of all threads so far.
    package var count: Int {
        (0...ReaderTable.maximum).reduce(0) { $0 &+ hits($1).pointee.load(ordering: .relaxed) }
    }

    /// Counts a hit of a reader; only its own thread may do so.
    @inlinable
    @inline(__always)
    func countHit(reader: Int) {
        let hits = hits(reader)
        // Nobody else writes it.
        hits.pointee.store(hits.pointee.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
    }

    /// Counts a hit of any thread.
    @usableFromInline
    package func countHit() { hits(ReaderTable.maximum).pointee.wrappingAdd(1, ordering: .relaxed) }

    @inlinable
    @inline(__always)
    func hits(_ line: Int) -> UnsafeMutablePointer<Atomic<Int>> {
        (lines + line &* Self.stride).assumingMemoryBound(to: Atomic<Int>.self)
    }
}
