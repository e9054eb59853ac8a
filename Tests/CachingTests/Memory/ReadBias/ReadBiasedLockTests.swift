// SPDX-License-Identifier: Apache-2.0

import Caching
import Synchronization
import Testing

/// The lock whose readers write nothing that others use; `Tests/run --sanitize` runs this under the thread sanitizer.
// One after the other: the test with more threads than readers leaves none for those that need one.
@Suite("The read-biased lock", .serialized)
struct ReadBiasedLockTests {
    /// Two numbers that are equal whenever nobody writes, and their lock.
    private final class Pair: @unchecked Sendable {
        private let lock = ReadBiasedLock()
        // Unchecked: the numbers are only touched while the lock is held.
        private let numbers = UnsafeMutablePointer<(Int, Int)>.allocate(capacity: 1)

        init() { numbers.initialize(to: (0, 0)) }

        deinit { numbers.deallocate() }

        private var address: UInt { UInt(bitPattern: numbers) }

        var isReadBiased: Bool { lock.isReadBiased }

        /// Reads without the mutex; nil when that is not possible.
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
                    // The writer has come so far that nobody else gets in, and no further.
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
                    // Somebody has read without the mutex before it is written again.
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
        // Those that have ended have left their places to others.
        let freed = Counter()
        withThreads(1) { _ in
            pair.bias()
            freed.add(pair.readFreely { _, _ in 1 } ?? 0)
        }
        #expect(freed.value == 1)
    }
}
