// SPDX-License-Identifier: Apache-2.0

import CCaching
import Synchronization

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The readers of all threads of the process.
///
/// A thread enrols with its first read and leaves when it ends. It is `@unchecked Sendable` because of the pointers:
/// the memory is never freed, and a reader is only written by the thread that has it.
package final class ReaderTable: @unchecked Sendable {
    /// Threads beyond this many read under the lock.
    package static let maximum = 64

    private static let attemptsToYield = 64
    private static let attemptsToSleep = 256

    static let shared = ReaderTable()

    private let readers: UnsafeMutableRawPointer
    private let writersBarrier: Bool

    /// One bit for each reader that a thread has.
    private let taken = Mutex<UInt64>(0)
    /// All readers that were ever taken have numbers below this; it tells a writer how many to look at.
    private let used = Atomic<Int>(0)
    private let isFull = Atomic<Bool>(false)

    /// Calls ``leave(_:)`` when a thread ends.
    private let endOfThread: pthread_key_t?

    private init() {
        writersBarrier = caching_has_barrier_on_all_threads()
        readers = .allocate(byteCount: Self.maximum * ReaderSlot.stride, alignment: ReaderSlot.stride)
        for number in 0..<Self.maximum {
            (readers + number * ReaderSlot.stride).bindMemory(to: ReaderSlot.self, capacity: 1)
                .initialize(to: ReaderSlot(number: number, executesBarrier: !writersBarrier))
        }
        var key = pthread_key_t()
        #if canImport(Darwin)
            let status = pthread_key_create(&key) { ReaderTable.shared.leave($0) }
        #else
            let status = pthread_key_create(&key) { if let reader = $0 { ReaderTable.shared.leave(reader) } }
        #endif
        // Without it, readers would stay taken for good: then better none.
        endOfThread = status == 0 ? key : nil
    }

    /// Gives this thread a reader, if there is one left.
    @inline(never)
    func register() -> UnsafeMutablePointer<ReaderSlot>? {
        guard !isFull.load(ordering: .relaxed), let endOfThread else { return nil }
        let number: Int? = taken.withLock { taken in
            let free = (~taken).trailingZeroBitCount
            guard free < Self.maximum else { return nil }
            taken |= 1 << UInt64(free)
            isFull.store(taken == .max, ordering: .relaxed)
            if free >= used.load(ordering: .relaxed) { used.store(free + 1, ordering: .releasing) }
            return free
        }
        guard let number else { return nil }
        let reader = reader(number)
        guard pthread_setspecific(endOfThread, reader) == 0 else {
            release(number)
            return nil
        }
        caching_set_reader(reader)
        return reader
    }

    /// Returns when no thread holds a lock as its reader any more; the caller has seen to it that no more come.
    ///
    /// Readers hold it for some hundred instructions, so this waits for long only for one that the system has put
    /// aside.
    func waitUntilReleased(_ lock: UInt) {
        if writersBarrier {
            caching_barrier_on_all_threads()
        } else {
            atomicMemoryFence(ordering: .sequentiallyConsistent)
        }
        for number in 0..<used.load(ordering: .acquiring) {
            var attempts = 0
            while reader(number).pointee.held.load(ordering: .acquiring) == lock {
                attempts += 1
                // Yielding does not let a thread of lower priority run; sleeping does.
                if attempts > Self.attemptsToSleep {
                    usleep(50)
                } else if attempts > Self.attemptsToYield {
                    sched_yield()
                }
            }
        }
    }

    private func reader(_ number: Int) -> UnsafeMutablePointer<ReaderSlot> {
        (readers + number * ReaderSlot.stride).assumingMemoryBound(to: ReaderSlot.self)
    }

    private func leave(_ reader: UnsafeMutableRawPointer) {
        // What ends after this may read once more: it enrols again.
        caching_set_reader(nil)
        release(reader.assumingMemoryBound(to: ReaderSlot.self).pointee.number)
    }

    private func release(_ number: Int) {
        taken.withLock { taken in
            taken &= ~(1 << UInt64(number))
            isFull.store(false, ordering: .relaxed)
        }
    }
}
