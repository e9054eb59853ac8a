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

/// The reader slots of all threads of the process.
///
/// A thread gets a slot with its first read and loses it when the thread ends. The type is `@unchecked Sendable` because
/// of the pointers: the memory is never freed, and only the thread that has a slot writes it.
package final class ReaderTable: @unchecked Sendable {
    /// The number of slots; threads without one read under the mutex.
    package static let maximum = 64

    private static let attemptsToYield = 64
    private static let attemptsToSleep = 256

    static let shared = ReaderTable()

    private let readers: UnsafeMutableRawPointer
    private let writersBarrier: Bool

    /// One bit for each slot that a thread has.
    private let taken = Mutex<UInt64>(0)
    /// The number of slots that were ever taken, which a writer must inspect.
    private let used = Atomic<Int>(0)
    private let isFull = Atomic<Bool>(false)

    /// The key whose destructor calls ``leave(_:)`` when a thread ends.
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
        // Without a key, slots would stay taken permanently, so no thread gets one.
        endOfThread = status == 0 ? key : nil
    }

    /// Assigns a slot to this thread, if there is a free one.
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

    /// Waits until no reader holds a lock; the caller must have removed the bias, so that no new reader can hold it.
    ///
    /// Readers hold a lock for some hundred instructions, so a long wait happens only for a thread that the system has
    /// suspended.
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
                // Sleeping lets a thread of lower priority run, which yielding does not.
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
        // Code that runs later at the end of the thread may read again, and registers again.
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
