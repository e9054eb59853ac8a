// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The turn of a refresh that waits for another one.
///
/// The task that waits for it was started by the caller of the refresh, so that the load has the task-local values of
/// that caller. No continuation is resumed under its lock.
final class RefreshTurn: Sendable {
    private enum State {
        case open
        case waiting(UnsafeContinuation<Bool, Never>)
        case decided(Bool)
    }

    private let state = Mutex(State.open)

    /// Waits for the turn.
    ///
    /// - Returns: Whether the refresh begins; false when its last caller has left.
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
