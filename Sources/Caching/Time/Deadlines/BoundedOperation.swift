// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// An operation with a deadline.
///
/// The first of three events resumes the caller: the end of the operation, the deadline, or a cancellation. An abandoned
/// operation is cancelled but not waited for, because it may ignore its cancellation. The closure `ended` receives its
/// end. No task is resumed or cancelled under the lock.
final class BoundedOperation<Output: Sendable>: Sendable {
    private enum State {
        case new
        case cancelled
        case running(UnsafeContinuation<Output, any Error>, task: Task<Void, Never>?, alarm: DeadlineTimer.Token?)
        case over
    }

    private let state = Mutex(State.new)
    private let timer: DeadlineTimer
    private let ended: @Sendable (BoundedEnd) -> Void

    init(timer: DeadlineTimer, ended: @escaping @Sendable (BoundedEnd) -> Void) {
        self.timer = timer
        self.ended = ended
    }

    /// Runs the operation and waits for it.
    ///
    /// - Parameters:
    ///   - deadline: The time at which the operation is abandoned.
    ///   - late: A closure that returns the error after the deadline.
    ///   - isShielded: Whether a cancellation of the caller has no effect.
    ///   - operation: The operation.
    /// - Returns: The result of the operation.
    /// - Throws: The error of the operation, `late`, or `CancellationError`.
    nonisolated(nonsending) func run(
        until deadline: CacheInstant,
        orThrow late: @escaping @Sendable () -> CacheError,
        isShielded: Bool,
        _ operation: @escaping @Sendable () async throws -> Output
    ) async throws -> Output {
        if isShielded {
            return try await withUnsafeThrowingContinuation { begin($0, deadline, late, operation) }
        }
        return try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { begin($0, deadline, late, operation) }
        } onCancel: {
            giveUp(CancellationError())
        }
    }

    private func begin(
        _ continuation: UnsafeContinuation<Output, any Error>,
        _ deadline: CacheInstant,
        _ late: @escaping @Sendable () -> CacheError,
        _ operation: @escaping @Sendable () async throws -> Output
    ) {
        let begins = state.withLock { state in
            guard case .new = state else { return false }
            state = .running(continuation, task: nil, alarm: nil)
            return true
        }
        guard begins else {
            ended(.neverBegan)
            return continuation.resume(throwing: CancellationError())
        }
        let task = immediately {
            let result: Result<Output, any Error>
            do { result = .success(try await operation()) } catch { result = .failure(error) }
            self.end(result)
        }
        // An operation that ends without suspending needs no timer.
        let isRunning = state.withLock { state in
            guard case .running(let continuation, _, let alarm) = state else { return false }
            state = .running(continuation, task: task, alarm: alarm)
            return true
        }
        guard isRunning else { return }
        let alarm = timer.schedule(at: deadline) { [weak self] in self?.giveUp(late()) }
        let isStillRunning = state.withLock { state in
            guard case .running(let continuation, let task, _) = state else { return false }
            state = .running(continuation, task: task, alarm: alarm)
            return true
        }
        if !isStillRunning { timer.cancel(alarm) }
    }

    private func end(_ result: Result<Output, any Error>) {
        guard let (continuation, _, alarm) = leave() else { return ended(.returnedLate) }
        if let alarm { timer.cancel(alarm) }
        ended(.returned)
        continuation.resume(with: result)
    }

    private func giveUp(_ error: any Error) {
        guard let (continuation, task, alarm) = leave() else { return }
        if let alarm { timer.cancel(alarm) }
        ended(.abandoned)
        task?.cancel()
        continuation.resume(throwing: error)
    }

    /// Ends the wait and returns its parts; nil when it has ended already.
    private func leave()
        -> (UnsafeContinuation<Output, any Error>, Task<Void, Never>?, DeadlineTimer.Token?)?
    {
        state.withLock { state in
            switch state {
            case .running(let continuation, let task, let alarm):
                state = .over
                return (continuation, task, alarm)
            case .new:
                state = .cancelled
                return nil
            case .cancelled, .over:
                return nil
            }
        }
    }
}

/// The way in which an operation ended.
enum BoundedEnd {
    /// The operation returned in time.
    case returned
    /// The operation was abandoned and still runs.
    case abandoned
    /// The operation was abandoned and has returned now.
    case returnedLate
    /// The operation was cancelled before it began.
    case neverBegan
}

/// Starts an unstructured task, which runs on the current thread until it first suspends, where the system supports it.
private func immediately(_ body: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
    if #available(macOS 26, iOS 26, tvOS 26, watchOS 26, visionOS 26, *) {
        return Task.immediate { await body() }
    }
    return Task { await body() }
}
