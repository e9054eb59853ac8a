// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The turn of a refresh that waits for another one.
///
/// It is waited for in a task that its caller began: the load gets the task-local values of who asked for it, and not of
/// whoever happens to end the wait. Nothing is resumed under its lock.
final class RefreshTurn: Sendable {
    private enum State {
        case open
        case waiting(UnsafeContinuation<Bool, Never>)
        case decided(Bool)
    }

    private let state = Mutex(State.open)

    /// Waits until it is the refresh's turn; false when nobody wants it any more.
    func wait() async -> Bool {
        await withUnsafeContinuation { continuation in
            let begins = state.withLock { state -> Bool? in
                if case .decided(let begins) = state { return begins }
                state = .waiting(continuation)
                return nil
            }
            if let begins { continuation.resume(returning: begins) }
        }
    }

    /// Ends the wait.
    func decide(_ begins: Bool) {
        let waiting = state.withLock { state -> UnsafeContinuation<Bool, Never>? in
            defer { state = .decided(begins) }
            if case .waiting(let continuation) = state { return continuation }
            return nil
        }
        waiting?.resume(returning: begins)
    }
}
