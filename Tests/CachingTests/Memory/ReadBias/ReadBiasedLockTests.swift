// SPDX-License-Identifier: Apache-2.0

import Caching
import Synchronization
import Testing

/// `Tests/run --sanitize` runs these tests under the thread sanitizer.
// Serialized, because the test with more threads than reader slots leaves none for other tests.
@Suite("The read-biased lock", .serialized)
struct ReadBiasedLockTests {
    /// Two numbers and their lock; the numbers are equal except during a write.
    private final class Pair: @unchecked Sendable {
        private let lock = ReadBiasedLock()
        // Unchecked: the numbers are accessed only under the lock.
        private let numbers = UnsafeMutablePointer<(Int, Int)>.allocate(capacity: 1)

        init() { numbers.initialize(to: (0, 0)) }

        deinit { numbers.deallocate() }

        private var address: UInt { UInt(bitPattern: numbers) }

        var isReadBiased: Bool { lock.isReadBiased }

        /// Reads without the mutex; returns nil when the mutex is needed.
        func readFreely<Result>(_ body: (Int, Int) -> Result) -> Result? {
            guard let reader = lock.enter(address) else { return nil }
            defer { ReadBiasedLock.leave(reader) }
            return body(numbers.pointee.0, numbers.pointee.1)
        }

        func read() -> (Int, Int) {
            readFreely { ($0, $1) } ?? lock.withReadLock { numbers.pointee }
        }

        @discardableResult
        func write() -> Bool {
            lock.withWriteLock(address) { wasBiased in
                numbers.pointee.0 += 1
                numbers.pointee.1 += 1
                return wasBiased
            }
        }

        func bias() { while !isReadBiased { _ = read() } }
    }

    @Test func readersGoWithoutTheMutexAfterEnoughReadsInARow() {
        let pair = Pair()
        for _ in 0..<ReadBiasedLock.readsToBias - 1 { _ = pair.read() }
        #expect(!pair.isReadBiased)
        #expect(pair.readFreely { _, _ in } == nil)
        pair.write()
        for _ in 0..<ReadBiasedLock.readsToBias - 1 { _ = pair.read() }
        #expect(!pair.isReadBiased)
        _ = pair.read()
        #expect(pair.isReadBiased)
        #expect(pair.readFreely { $0 + $1 } == 2)
        #expect(pair.write())
        #expect(!pair.isReadBiased)
        #expect(!pair.write())
        #expect(pair.read() == (3, 3))
    }

    @Test func aWriterWaitsForReaders() {
        let pair = Pair()
        pair.bias()
        let hasWritten = Atomic(false)
        let isReading = Atomic(false)
        let seen = Mutex<[Int]>([])
        withThreads(2) { number in
            if number == 0 {
                _ = pair.readFreely { first, second in
                    isReading.store(true, ordering: .sequentiallyConsistent)
                    // The writer has removed the bias and waits for this reader.
                    while pair.isReadBiased { yieldThread() }
                    let isEarly = hasWritten.load(ordering: .sequentiallyConsistent)
                    seen.withLock { $0 = [first, second, isEarly ? 1 : 0] }
                }
            } else {
                while !isReading.load(ordering: .sequentiallyConsistent) { yieldThread() }
                pair.write()
                hasWritten.store(true, ordering: .sequentiallyConsistent)
            }
        }
        #expect(seen.withLock { $0 } == [0, 0, 0])
        #expect(pair.read() == (1, 1))
    }

    @Test func readersNeverSeeHalfAWrite() {
        let pair = Pair()
        let (free, wrong) = (Counter(), Counter())
        let rounds = 300
        withThreads(3) { number in
            if number == 0 {
                for _ in 0..<rounds {
                    let before = free.value
                    pair.bias()
                    // Another thread has read without the mutex since the last write.
                    while free.value == before { yieldThread() }
                    pair.write()
                }
            } else {
                var last = 0
                while last < rounds {
                    if let isWhole = pair.readFreely({ $0 == $1 }) {
                        free.add(1)
                        if !isWhole { wrong.add(1) }
                    }
                    let (first, second) = pair.read()
                    if first != second || first < last { wrong.add(1) }
                    last = first
                }
            }
        }
        #expect(pair.read() == (rounds, rounds))
        #expect(free.value >= rounds)
        #expect(wrong.value == 0)
    }

    @Test func moreThreadsThanThereAreReadersTakeTheMutex() {
        let pair = Pair()
        pair.bias()
        let threads = ReaderTable.maximum + 8
        let (arrived, within, wrong) = (Counter(), Counter(), Counter())
        withThreads(threads) { _ in
            func meet() {
                arrived.add(1)
                while arrived.value < threads { yieldThread() }
            }
            let isFree: Bool? = pair.readFreely { _, _ in
                within.add(1)
                meet()
                return true
            }
            if isFree == nil {
                meet()
                if pair.read() != (0, 0) { wrong.add(1) }
            }
        }
        #expect(within.value <= ReaderTable.maximum)
        #expect(wrong.value == 0)
        // Threads that have ended have returned their slots.
        let freed = Counter()
        withThreads(1) { _ in
            pair.bias()
            freed.add(pair.readFreely { _, _ in 1 } ?? 0)
        }
        #expect(freed.value == 1)
    }
}
