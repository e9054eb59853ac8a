// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The state of a client that tasks and the thread of the connection share.
///
/// The thread retains the engine. The client closes it when it is freed, which ends the thread. No continuation is
/// resumed and no closure of a caller is called under the lock.
final class ConnectionEngine: Sendable {
    struct State {
        var queue: CommandQueue<PendingReply>
        var status = RedisConnectionStatus.idle
        /// The pipe that wakes the thread of the connection; nil before the thread was started.
        var wakePipe: WakePipe?
        /// Whether the thread waits, or is about to, and must be woken for a new command.
        var isAsleep = false
        /// Whether an attempt to connect has ended.
        ///
        /// Commands wait for the first attempt, and for no later one.
        var hasAttempted = false
        /// Whether commands are refused because the connection is about to be replaced.
        var isDraining = false
        var connects: [PendingReply] = []
        var shutdowns: [UnsafeContinuation<Void, Never>] = []
        var isClosed = false

        /// Whether commands are accepted.
        var isOpen: Bool {
            guard !isClosed else { return false }
            return switch status {
            case .connected: !isDraining
            case .idle, .connecting, .disconnected: !hasAttempted
            case .closed: false
            }
        }

        /// The error of a command that is not accepted.
        var refusal: RedisError {
            guard !isClosed else { return .shutDown }
            return switch status {
            case .disconnected(let error): .notConnected("\(error)")
            case .closed: .shutDown
            case .idle, .connecting: .notConnected(nil)
            case .connected: .notConnected("the connection is being replaced")
            }
        }

        /// Returns the pipe that wakes the thread, if the thread waits.
        mutating func wake() -> WakePipe? {
            guard isAsleep else { return nil }
            isAsleep = false
            return wakePipe
        }
    }

    let settings: RedisSettings
    let state: Mutex<State>
    private let timeoutNanoseconds: Int64
    private let report: @Sendable (RedisConnectionEvent) -> Void

    init(_ settings: RedisSettings, report: @escaping @Sendable (RedisConnectionEvent) -> Void) {
        self.settings = settings
        timeoutNanoseconds = settings.timeout.nanoseconds
        self.report = report
        let limits = CommandQueue<PendingReply>.Limits(
            commands: settings.maximumPending,
            bytes: settings.maximumPendingBytes
        )
        state = Mutex(State(queue: CommandQueue(limits: limits)))
    }

    var status: RedisConnectionStatus { state.withLock(\.status) }

    // MARK: Tasks

    /// Sends commands, and waits for their replies.
    ///
    /// - Parameters:
    ///   - timeout: The time to wait; nil uses the timeout of the settings.
    ///   - count: The number of replies.
    ///   - enqueue: A closure that adds the commands to the queue, and returns false if it is full.
    /// - Returns: The reply, or an array of several replies.
    /// - Throws: ``RedisError``, or `CancellationError`.
    func send(
        _ timeout: Duration?,
        replies count: Int,
        _ enqueue: (inout CommandQueue<PendingReply>, PendingReply, Int64) -> Bool
    ) async throws -> RESPValue {
        let nanoseconds = timeout?.nanoseconds ?? timeoutNanoseconds
        return try await wait(PendingReply(replies: count, timeout: timeout ?? settings.timeout)) { pending in
            let deadline = MonotonicClock.now.addingSaturated(nanoseconds)
            let (wake, refusal) = state.withLock { state -> (WakePipe?, RedisError?) in
                guard state.isOpen else { return (nil, state.refusal) }
                let error = startThread(&state)
                guard error == nil else { return (nil, error) }
                guard enqueue(&state.queue, pending, deadline) else {
                    return (nil, .overloaded(commands: state.queue.count, bytes: state.queue.unwrittenBytes))
                }
                return (state.wake(), nil)
            }
            wake?.wake()
            if let refusal { pending.end(.failure(refusal)) }
        }
    }

    /// Waits for a connection, or for the end of an attempt to connect.
    func connect() async throws -> RedisServerInfo {
        _ = try await wait(PendingReply(replies: 1, timeout: .zero)) { pending in
            let result = state.withLock { state -> Result<RESPValue, any Error>? in
                // `close()` has ended the waits that were there. The thread may not have ended yet, and ends no more.
                guard !state.isClosed else { return .failure(RedisError.shutDown) }
                switch state.status {
                case .connected: return .success(.null)
                case .closed: return .failure(RedisError.shutDown)
                case .idle, .connecting, .disconnected:
                    if let error = startThread(&state) { return .failure(error) }
                    state.connects.append(pending)
                    return nil
                }
            }
            if let result { pending.end(result) }
        }
        guard case .connected(let info) = status else { throw state.withLock(\.refusal) }
        return info
    }

    private func wait(_ pending: PendingReply, _ begin: (PendingReply) -> Void) async throws -> RESPValue {
        #if THREAD_SANITIZER
            defer { pending.synchronizeEnd() }
        #endif
        return try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { continuation in
                guard pending.begin(continuation) else { return continuation.resume(throwing: CancellationError()) }
                begin(pending)
            }
        } onCancel: {
            pending.end(.failure(CancellationError()))
        }
    }

    private func startThread(_ state: inout State) -> RedisError? {
        guard state.wakePipe == nil else { return nil }
        do throws(RedisError) {
            let pipe = try WakePipe()
            guard IOThread.start({ [self] in ConnectionLoop(self, pipe).run() }) else {
                return .connectFailed("no thread could be started")
            }
            state.wakePipe = pipe
            state.status = .connecting
            return nil
        } catch {
            return error
        }
    }

    /// Ends the thread without waiting for its end.
    func close() {
        let (wake, connects) = state.withLock { state -> (WakePipe?, [PendingReply]) in
            state.isClosed = true
            if state.wakePipe == nil { state.status = .closed }
            defer { state.connects = [] }
            return (state.wakePipe, state.connects)
        }
        wake?.wake()
        for pending in connects { pending.end(.failure(RedisError.shutDown)) }
    }

    func shutdown() async {
        close()
        await withUnsafeContinuation { continuation in
            let isOver = state.withLock { state in
                if state.status == .closed { return true }
                state.shutdowns.append(continuation)
                return false
            }
            if isOver { continuation.resume() }
        }
    }

    // MARK: The thread

    /// Records that an attempt to connect has begun.
    func connecting() { state.withLock { $0.status = .connecting } }

    /// Records that a connection was established.
    func connected(_ info: RedisServerInfo) {
        let connects = state.withLock { state in
            state.status = .connected(info)
            state.hasAttempted = true
            defer { state.connects = [] }
            return state.connects
        }
        report(.connected(info))
        for pending in connects { pending.end(.success(.null)) }
    }

    /// Records that the connection was lost, or that an attempt to connect has failed.
    func lost(_ error: RedisError, wasConnected: Bool) {
        let (waiters, connects) = state.withLock { state in
            state.status = .disconnected(error)
            state.hasAttempted = true
            state.isDraining = false
            defer { state.connects = [] }
            return (state.queue.removeAll(), state.connects)
        }
        report(wasConnected ? .disconnected(error) : .connectFailed(error))
        for (waiter, mayHaveRun) in waiters {
            waiter.end(
                .failure(
                    wasConnected ? error.asCommandFailure(mayHaveRun: mayHaveRun) : RedisError.notConnected("\(error)")
                )
            )
        }
        for pending in connects { pending.end(.failure(error)) }
    }

    /// Records that the thread ends.
    func closed() {
        let (waiters, shutdowns) = state.withLock { state in
            state.status = .closed
            defer { state.shutdowns = [] }
            return (state.queue.removeAll(), state.shutdowns)
        }
        for (waiter, _) in waiters { waiter.end(.failure(RedisError.shutDown)) }
        for continuation in shutdowns { continuation.resume() }
    }

    /// Ends the waits that have timed out.
    ///
    /// - Parameters:
    ///   - liveness: The time after which a silent server is considered dead; nil while there is no connection.
    ///   - sleeps: Whether the thread waits after the call, unless there are commands to write.
    /// - Returns: The time of the next call, whether the client was closed, and whether the server is dead.
    func tick(liveness: Int64?, sleeps: Bool) -> (next: Int64, isClosed: Bool, isDead: Bool) {
        let now = MonotonicClock.now
        let (result, expired) = state.withLock { state in
            let expired = state.queue.expire(now: now)
            let next = state.queue.nextDeadline(liveness: liveness ?? .max)
            let isDead = liveness.map { state.queue.isDead(now: now, liveness: $0) } ?? false
            state.isAsleep = sleeps
            return ((next, state.isClosed, isDead), expired)
        }
        for pending in expired {
            pending.end(.failure(RedisError.timedOut(pending.timeout)))
        }
        return result
    }
}

extension RedisError {
    /// Returns the error of a pending command after the connection was lost.
    fileprivate func asCommandFailure(mayHaveRun: Bool) -> RedisError {
        switch self {
        case .connectionLost(let reason, _): .connectionLost(reason, mayHaveRun: mayHaveRun)
        default: .connectionLost("\(self)", mayHaveRun: mayHaveRun)
        }
    }
}
