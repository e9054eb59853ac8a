// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// An operation that is waited for until its deadline at most.
///
/// What ends first resumes the caller: the operation, the deadline, or a cancellation. An operation that is given up is
/// cancelled and not waited for, because what ignores its cancellation must not hold up the caller; `ended` is told what
/// became of it. Nothing is resumed or cancelled under its lock.
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
    ///   - deadline: When it is given up.
    ///   - late: The error that it is given up with.
    ///   - isShielded: Whether the cancellation of the caller is to have no effect.
    ///   - operation: The operation.
    /// - Returns: Its result.
    /// - Throws: What the operation throws, `late`, or `CancellationError`.
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
        // An operation that ends without suspending costs no timer.
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

    /// Ends the wait; nil when there is none any more.
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

/// The end of an operation.
enum BoundedEnd {
    /// It returned in time.
    case returned
    /// It was given up and goes on.
    case abandoned
    /// It was given up, and has returned now.
    case returnedLate
    /// It was cancelled before it began.
    case neverBegan
}

/// Starts an unstructured task on this thread, which goes on when the task first suspends, where the system can.
private func immediately(_ body: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
    if #available(macOS 26, iOS 26, tvOS 26, watchOS 26, visionOS 26, *) {
        return Task.immediate { await body() }
    }
    return Task { await body() }
}
