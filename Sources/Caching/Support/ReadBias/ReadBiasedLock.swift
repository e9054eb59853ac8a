// SPDX-License-Identifier: Apache-2.0

#if THREAD_SANITIZER
    import Synchronization
#else
    public import Synchronization
#endif

/// A mutex that readers need not take while nobody writes.
///
/// After Dice and Kogan, BRAVO: Biased Locking for ReaderSlot-Writer Locks (USENIX ATC 2019), and, for readers without a
/// barrier, Liu, Zhang and Chen, Scalable Read-mostly Synchronization Using Passive ReaderSlot-Writer Locks (USENIX ATC
/// 2014). While it is biased, a reader says in memory of its own that it holds it, which is a plain store; a writer
/// takes the bias away and waits until no reader holds it. That costs some microseconds, so the bias comes back only
/// after ``readsToBias`` reads without a write: whoever writes often has an ordinary mutex.
///
/// There are three ways to hold it. A writer excludes everybody, those who read under the mutex exclude each other, and
/// readers of their own memory exclude only writers.
///
/// It is known by its address, so it has to stay where it is.
@usableFromInline
package struct ReadBiasedLock: ~Copyable, Sendable {
    /// So many reads in a row save what taking the bias away costs.
    @usableFromInline package static let readsToBias = 512

    private let isBiased = Atomic<Bool>(false)

    /// How many reads there were under the mutex since the last write.
    @usableFromInline let mutex = Mutex<Int>(0)

    package init() {}

    /// Whether readers get in without the mutex now.
    package var isReadBiased: Bool { isBiased.load(ordering: .acquiring) }

    /// Lets this thread read until it calls ``leave(_:)``; nil when it has to take the mutex.
    @usableFromInline
    @inline(never)
    package func enter(_ address: UInt) -> UnsafeMutablePointer<ReaderSlot>? {
        guard isBiased.load(ordering: .relaxed) else { return nil }
        // A call at the end, so that nobody else has to save registers for it.
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
        // Acquiring, so that this thread sees what writers wrote before they gave the bias back.
        if isBiased.load(ordering: .acquiring) { return reader }
        Self.leave(reader)
        return nil
    }

    /// Ends what ``enter(_:)`` began.
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

    /// Reads or changes under the mutex what readers without it do not look at.
    package func withMutex<Result: ~Copyable, Failure: Error>(
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try mutex.withLock { _ throws(Failure) in try body() }
    }

    /// Writes; the closure is told whether there were readers without the mutex since the last write.
    package func withWriteLock<Result, Failure: Error>(
        _ address: UInt,
        _ body: (_ wasBiased: Bool) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try mutex.withLock { reads throws(Failure) in
            try body(endReading(address, &reads))
        }
    }

    /// Looks for a reason to write, and writes if there is one; otherwise readers notice nothing.
    ///
    /// - Parameters:
    ///   - address: The address of the lock.
    ///   - look: Reads what hits do not change; nil says that there is nothing to do.
    ///   - body: Writes, with what was found: nobody else has written since.
    /// - Returns: What `body` returns; nil when there was nothing to do.
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

    /// Sees to it that nobody reads without the mutex, which the caller has; says whether somebody may have done so.
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
