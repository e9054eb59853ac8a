// SPDX-License-Identifier: Apache-2.0

#if THREAD_SANITIZER
    import Synchronization
#else
    public import Synchronization
#endif

/// A mutex that readers need not take while there are no writers.
///
/// After Dice and Kogan, BRAVO: Biased Locking for ReaderSlot-Writer Locks (USENIX ATC 2019), and, for readers without a
/// barrier, Liu, Zhang and Chen, Scalable Read-mostly Synchronization Using Passive ReaderSlot-Writer Locks (USENIX ATC
/// 2014). While the lock is biased, a reader stores the address of the lock in memory of its own, with a plain store. A
/// writer removes the bias and waits until no reader holds the lock. That takes a few microseconds, so the bias returns
/// only after ``readsToBias`` reads without a write, and a lock with frequent writes is an ordinary mutex.
///
/// There are three ways to hold the lock. A writer excludes all others, a reader under the mutex excludes writers and
/// other readers under the mutex, and a reader without the mutex excludes only writers.
///
/// The lock is identified by its address, so it must not move.
@usableFromInline
package struct ReadBiasedLock: ~Copyable, Sendable {
    /// The number of reads without a write after which the lock is biased: they save the cost of removing the bias.
    @usableFromInline package static let readsToBias = 512

    private let isBiased = Atomic<Bool>(false)

    /// The mutex, around the number of reads under it since the last write.
    @usableFromInline let mutex = Mutex<Int>(0)

    package init() {}

    /// Whether readers need no mutex now.
    package var isReadBiased: Bool { isBiased.load(ordering: .acquiring) }

    /// Begins a read of this thread, which ends with ``leave(_:)``; returns nil when the thread must take the mutex.
    @usableFromInline
    @inline(never)
    package func enter(_ address: UInt) -> UnsafeMutablePointer<ReaderSlot>? {
        guard isBiased.load(ordering: .relaxed) else { return nil }
        // A tail call, so that the usual path saves no registers for it.
        guard let reader = ReaderSlot.current else { return enterForTheFirstTime(address) }
        return enter(reader, address)
    }

    @inline(never)
    private func enterForTheFirstTime(_ address: UInt) -> UnsafeMutablePointer<ReaderSlot>? {
        ReaderTable.shared.register().flatMap { enter($0, address) }
    }

    @inline(__always)
    private func enter(_ reader: UnsafeMutablePointer<ReaderSlot>, _ address: UInt) -> UnsafeMutablePointer<ReaderSlot>?
    {
        reader.pointee.acquire(address)
        // Acquiring, so that this thread sees all writes before the bias returned.
        if isBiased.load(ordering: .acquiring) { return reader }
        Self.leave(reader)
        return nil
    }

    /// Ends the read that ``enter(_:)`` began.
    @inlinable
    @inline(__always)
    package static func leave(_ reader: UnsafeMutablePointer<ReaderSlot>) {
        reader.pointee.release()
    }

    /// Reads under the mutex.
    @inlinable
    @inline(__always)
    package func withReadLock<Result>(_ body: () -> Result) -> Result {
        mutex.withLock { reads in
            reads &+= 1
            if reads == Self.readsToBias { bias() }
            return body()
        }
    }

    /// Reads or changes, under the mutex, state that readers without the mutex do not access.
    package func withMutex<Result: ~Copyable, Failure: Error>(
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try mutex.withLock { _ throws(Failure) in try body() }
    }

    /// Writes under the lock; the closure receives whether readers may have read without the mutex since the last write.
    package func withWriteLock<Result, Failure: Error>(
        _ address: UInt,
        _ body: (_ wasBiased: Bool) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try mutex.withLock { reads throws(Failure) in
            try body(endReading(address, &reads))
        }
    }

    /// Writes under the lock if `look` finds a reason; otherwise readers keep going without the mutex.
    ///
    /// - Parameters:
    ///   - address: The address of the lock.
    ///   - look: A closure that returns the reason to write, or nil; it may read state that hits do not change.
    ///   - body: A closure that writes; no other write happens between `look` and it.
    /// - Returns: The result of `body`; nil when there was no reason.
    package func withWriteLock<Reason, Result>(
        _ address: UInt,
        after look: () -> Reason?,
        _ body: (_ wasBiased: Bool, Reason) -> Result
    ) -> Result? {
        mutex.withLock { reads in
            guard let reason = look() else { return nil }
            return body(endReading(address, &reads), reason)
        }
    }

    /// Ends all reads without the mutex, and returns whether there may have been some; the caller must hold the mutex.
    private func endReading(_ address: UInt, _ reads: inout Int) -> Bool {
        reads = 0
        let wasBiased = isBiased.load(ordering: .relaxed)
        if wasBiased {
            isBiased.store(false, ordering: .sequentiallyConsistent)
            ReaderTable.shared.waitUntilReleased(address)
        }
        return wasBiased
    }

    @usableFromInline
    @inline(never)
    func bias() { isBiased.store(true, ordering: .releasing) }
}
