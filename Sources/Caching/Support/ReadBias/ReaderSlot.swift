// SPDX-License-Identifier: Apache-2.0

public import CCaching
public import Synchronization

/// A thread that reads without locks: where it says what it is reading.
///
/// Only its thread writes it, so that this is no more than a store to memory nobody else has; a writer looks at the
/// readers of all threads.
@usableFromInline
package struct ReaderSlot: ~Copyable, Sendable {
    /// The bytes from one reader to the next: two cache lines, as processors fetch them in pairs.
    static let stride = 2 * CacheLine.size

    /// The address of the lock that it holds; 0 when it holds none.
    @usableFromInline let held = Atomic<UInt>(0)

    /// Its number, below ``ReaderTable/maximum``; no other thread has it at the same time.
    @usableFromInline let number: Int

    /// Whether it has to execute a barrier itself, because writers cannot make it.
    let executesBarrier: Bool

    init(number: Int, executesBarrier: Bool) {
        self.number = number
        self.executesBarrier = executesBarrier
    }

    /// Says that it holds a lock, so that a writer sees it before this thread reads anything.
    @inline(__always)
    func acquire(_ address: UInt) {
        held.store(address, ordering: .relaxed)
        if executesBarrier {
            atomicMemoryFence(ordering: .sequentiallyConsistent)
        } else {
            caching_compiler_barrier()
        }
    }

    /// Says that it holds nothing any more: what it read, it has read.
    @inlinable
    @inline(__always)
    package func release() {
        // The compiler may move the retain of a value that was read past a plain store, whatever its ordering; not past
        // this.
        caching_compiler_barrier()
        held.store(0, ordering: .releasing)
    }

    /// The reader that this thread has, if it has one yet.
    static var current: UnsafeMutablePointer<ReaderSlot>? {
        @inline(__always) get { caching_reader()?.assumingMemoryBound(to: ReaderSlot.self) }
    }
}
