// SPDX-License-Identifier: Apache-2.0

public import CCaching
public import Synchronization

/// The place where a thread publishes the lock that it holds for reading.
///
/// Only its own thread writes it, so acquiring a lock is a store to memory that other threads rarely use. A writer
/// inspects the slots of all threads.
@usableFromInline
package struct ReaderSlot: ~Copyable, Sendable {
    /// The distance between slots in bytes: two cache lines, because processors fetch lines in pairs.
    static let stride = 2 * CacheLine.size

    /// The address of the lock that the thread holds; 0 when it holds none.
    @usableFromInline let held = Atomic<UInt>(0)

    /// The number of the slot, below ``ReaderTable/maximum``.
    @usableFromInline let number: Int

    /// Whether the reader must execute a barrier, because a writer cannot make all threads execute one.
    let executesBarrier: Bool

    init(number: Int, executesBarrier: Bool) {
        self.number = number
        self.executesBarrier = executesBarrier
    }

    /// Publishes that the thread holds a lock, before the thread reads anything under it.
    @inline(__always)
    func acquire(_ address: UInt) {
        held.store(address, ordering: .relaxed)
        if executesBarrier {
            atomicMemoryFence(ordering: .sequentiallyConsistent)
        } else {
            caching_compiler_barrier()
        }
    }

    /// Publishes that the thread holds no lock, after all reads under it.
    @inlinable
    @inline(__always)
    package func release() {
        // The compiler may move the retain of a value that was read past a store of any ordering, but not past this
        // barrier.
        caching_compiler_barrier()
        held.store(0, ordering: .releasing)
    }

    /// The slot of the current thread, if it has one.
    static var current: UnsafeMutablePointer<ReaderSlot>? {
        @inline(__always) get { caching_reader()?.assumingMemoryBound(to: ReaderSlot.self) }
    }
}
