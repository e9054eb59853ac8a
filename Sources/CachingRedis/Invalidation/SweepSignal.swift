// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A signal that one task waits for; signals that nobody waited for count as one.
final class SweepSignal: Sendable {
    private struct State {
        var isSet = false
        var waiter: UnsafeContinuation<Bool, Never>?
    }

    private let state = Mutex(State())

    /// Sends the signal.
    func send() {
        let waiter = state.withLock { state in
            defer { state.waiter = nil }
            state.isSet = state.waiter == nil
            return state.waiter
        }
        waiter?.resume(returning: true)
    }

    /// Waits for the signal; false when the task was cancelled.
    func wait() async -> Bool {
        await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let (isOver, other) = state.withLock { state -> (Bool?, UnsafeContinuation<Bool, Never>?) in
                    // The handler needs this lock, so that a cancellation after this finds the continuation.
                    if Task.isCancelled { return (false, nil) }
                    if state.isSet {
                        state.isSet = false
                        return (true, nil)
                    }
                    defer { state.waiter = continuation }
                    return (nil, state.waiter)
                }
                other?.resume(returning: false)
                if let isOver { continuation.resume(returning: isOver) }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                defer { state.waiter = nil }
                return state.waiter
            }
            waiter?.resume(returning: false)
        }
    }
}
