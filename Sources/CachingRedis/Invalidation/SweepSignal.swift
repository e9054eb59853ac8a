// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A signal that tasks wait for; signals without a waiting task are merged into one.
final class SweepSignal: Sendable {
    private struct State {
        var isSet = false
        var lastWaiter = 0
        var waiters: [Int: UnsafeContinuation<Bool, Never>] = [:]
    }

    private let state = Mutex(State())

    /// Resumes all waiting tasks, or the next one that waits.
    func send() {
        let waiters = state.withLock { state in
            defer { state.waiters = [:] }
            state.isSet = state.waiters.isEmpty
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.resume(returning: true) }
    }

    /// Waits for the signal, and returns false when the task was cancelled.
    func wait() async -> Bool {
        let number = state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        return await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let isOver = state.withLock { state -> Bool? in
                    // The handler takes this lock, so a cancellation after this check finds the continuation.
                    if Task.isCancelled { return false }
                    if state.isSet {
                        state.isSet = false
                        return true
                    }
                    state.waiters[number] = continuation
                    return nil
                }
                if let isOver { continuation.resume(returning: isOver) }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: number) }?.resume(returning: false)
        }
    }
}
