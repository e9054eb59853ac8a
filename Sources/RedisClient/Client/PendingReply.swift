// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// One caller that waits for the replies to its commands.
///
/// Whatever comes first decides: the replies, the deadline, its cancellation, or the end of the connection.
final class PendingReply: @unchecked Sendable {
    // @unchecked: `continuation` is written before `state` says so and read after, by the one who has ended the wait;
    // the replies are touched by the thread of the connection only.
    private enum State {
        static let new: UInt8 = 0
        static let waiting: UInt8 = 1
        static let ended: UInt8 = 2
    }

    private let state = Atomic<UInt8>(State.new)
    private var continuation: UnsafeContinuation<RESPValue, any Error>?
    private var missing: Int
    private var replies: [RESPValue] = []

    /// The time to wait, in nanoseconds, for the error when it is over.
    let timeout: Int64

    /// Creates the wait for a number of replies: a single one is the result, more are an array.
    init(replies count: Int, timeout: Int64) {
        missing = count
        self.timeout = timeout
    }

    /// Begins the wait; false when it is over already.
    func begin(_ continuation: UnsafeContinuation<RESPValue, any Error>) -> Bool {
        self.continuation = continuation
        return state.compareExchange(expected: State.new, desired: State.waiting, ordering: .releasing).exchanged
    }

    /// Takes a reply; called on the thread of the connection.
    func receive(_ reply: RESPValue) {
        missing -= 1
        guard missing > 0 || !replies.isEmpty else { return end(.success(reply)) }
        replies.append(reply)
        if missing == 0 { end(.success(.array(replies))) }
    }

    /// Ends the wait, if nothing else has.
    func end(_ result: Result<RESPValue, any Error>) {
        guard state.exchange(State.ended, ordering: .acquiringAndReleasing) == State.waiting else { return }
        // Nobody else gets here.
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
        /// A continuation that is resumed before its task has suspended is synchronised within the runtime, where the
        /// sanitizer does not see it, and it reports races in the frame of the task.
        private let resumption = Mutex(())

        /// Shows the sanitizer that the wait is over.
        func showEnd() { resumption.withLock { _ in } }
    #endif
}
