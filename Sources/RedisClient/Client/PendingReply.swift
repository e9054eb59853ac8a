// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A caller that waits for the replies to its commands.
///
/// The wait ends with the first of these: the replies, the deadline, a cancellation, or the end of the connection.
final class PendingReply: @unchecked Sendable {
    // @unchecked: `continuation` is written before `state` becomes `waiting`, and is read only by the thread that ends
    // the wait. Only the thread of the connection accesses the replies.
    private enum State {
        static let new: UInt8 = 0
        static let waiting: UInt8 = 1
        static let ended: UInt8 = 2
    }

    private let state = Atomic<UInt8>(State.new)
    private var continuation: UnsafeContinuation<RESPValue, any Error>?
    private var missing: Int
    private var replies: [RESPValue] = []

    /// The timeout, for the error of a wait that timed out.
    let timeout: Duration

    /// Creates a wait for a number of replies: a single reply is the result, several are an array.
    init(replies count: Int, timeout: Duration) {
        missing = count
        self.timeout = timeout
    }

    /// Begins the wait, and returns whether it had not ended already.
    func begin(_ continuation: UnsafeContinuation<RESPValue, any Error>) -> Bool {
        self.continuation = continuation
        return state.compareExchange(expected: State.new, desired: State.waiting, ordering: .releasing).exchanged
    }

    /// Adds a reply, on the thread of the connection.
    func receive(_ reply: RESPValue) {
        missing -= 1
        guard missing > 0 || !replies.isEmpty else { return end(.success(reply)) }
        replies.append(reply)
        if missing == 0 { end(.success(.array(replies))) }
    }

    /// Ends the wait, unless it has ended already.
    func end(_ result: Result<RESPValue, any Error>) {
        guard state.exchange(State.ended, ordering: .acquiringAndReleasing) == State.waiting else { return }
        // The exchange lets only one thread get here.
        let waiting = continuation
        continuation = nil
        #if THREAD_SANITIZER
            resumption.withLock { _ in waiting?.resume(with: result) }
        #else
            waiting?.resume(with: result)
        #endif
    }

    #if THREAD_SANITIZER
        /// Held while the waiting task is resumed.
        ///
        /// A continuation that is resumed before its task has suspended is synchronised within the runtime. The
        /// sanitizer does not see that, and reports races in the frame of the task.
        private let resumption = Mutex(())

        /// Shows the sanitizer that the wait has ended.
        func synchronizeEnd() { resumption.withLock { _ in } }
    #endif
}
