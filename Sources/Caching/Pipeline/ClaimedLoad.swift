// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A load that its caller performs: the flight grants it to the caller and waits for the outcome.
///
/// It resumes no continuation under its lock.
final class ClaimedLoad: Sendable {
    /// The outcome of a claim.
    enum Outcome: Sendable {
        case loaded(StoredValue)
        case failed(any Error)
        /// The promise was released without a value.
        case dropped
    }

    private struct State {
        var outcome: Outcome?
        /// The continuation of the flight, which waits for the outcome.
        var flight: UnsafeContinuation<Void, Never>?
        /// Whether the flight takes no outcome any more, because it was cancelled or is over.
        var isClosed = false
        /// Whether the flight is over.
        var isOver = false
        /// The stale value that answers in place of a failed load.
        var fallback: StoredValue?
        var context: LoadContext?
        /// The continuation of the caller, which waits for the end of the flight.
        var observer: UnsafeContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// The context of the load; nil before it is granted.
    var context: LoadContext? { state.withLock(\.context) }

    /// The stale value that answers in place of the failed load; nil when the policy allows none.
    var fallback: StoredValue? { state.withLock(\.fallback) }

    /// Grants the load to the caller and waits for its outcome, within the flight.
    ///
    /// - Throws: ``AbandonedClaim`` when the caller does not load; `CancellationError` when the flight is cancelled.
    nonisolated(nonsending) func value(for caller: WaiterID) async throws -> StoredValue {
        guard let context = LoadContext.scope else { throw AbandonedClaim(cause: nil) }
        state.withLock { $0.context = context }
        guard context.flights.grant(context.flight, to: caller, signal: ClaimSignal.granted) else {
            throw AbandonedClaim(cause: nil)
        }
        await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let isResolved = state.withLock { state in
                    // The handler needs this lock, so a cancellation after this check finds the continuation.
                    if state.outcome != nil || Task.isCancelled { return true }
                    state.flight = continuation
                    return false
                }
                if isResolved { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.flight.take() }?.resume()
        }
        let outcome = state.withLock { state in
            state.isClosed = true
            return state.outcome
        }
        switch outcome {
        case .loaded(let value): return value
        case .failed(let error): throw AbandonedClaim(cause: error)
        case .dropped: throw AbandonedClaim(cause: nil)
        case nil: throw CancellationError()
        }
    }

    /// Ends the claim, unless it has ended or its flight takes no outcome any more.
    ///
    /// - Returns: Whether the flight takes the outcome.
    @discardableResult
    func resolve(_ outcome: Outcome) -> Bool {
        let (isTaken, flight) = state.withLock { state -> (Bool, UnsafeContinuation<Void, Never>?) in
            guard state.outcome == nil, !state.isClosed else { return (false, nil) }
            state.outcome = outcome
            return (true, state.flight.take())
        }
        flight?.resume()
        return isTaken
    }

    /// Records the stale value that answers in place of the failed load.
    func noteFallback(_ value: StoredValue) { state.withLock { $0.fallback = value } }

    /// Ends the flight, whether it granted the load or not.
    func end() {
        let observer = state.withLock { state in
            state.isOver = true
            state.isClosed = true
            return state.observer.take()
        }
        observer?.resume()
    }

    /// Waits for the end of the flight, which stores the value first, within the deadline of the backend.
    nonisolated(nonsending) func waitForEnd() async {
        await withUnsafeContinuation { continuation in
            let isOver = state.withLock { state in
                if !state.isOver { state.observer = continuation }
                return state.isOver
            }
            if isOver { continuation.resume() }
        }
    }
}

/// The error of a flight whose caller did not load.
struct AbandonedClaim: Error {
    /// The error that the caller reported; nil when it dropped the claim.
    let cause: (any Error)?
}

/// A message to a waiter in place of a value.
final class ClaimSignal: StoredValue, @unchecked Sendable {
    // @unchecked is inherited: it has no state.

    /// The waiter has to load the value.
    static let granted = ClaimSignal()

    /// The caller that had to load the value did not, and the waiter asks again.
    static let abandoned = ClaimSignal()
}
