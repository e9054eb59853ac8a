// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A backend outside the process, with a deadline for each operation, a circuit breaker, and a bound on operations.
///
/// Failures are counted and reported here. No continuation is resumed under the lock.
final class FarBackend: Sendable {
    private struct State {
        var breaker = CircuitBreaker()
        var gate = OperationGate()
        var lastOperation: UInt64 = 0
        var queue: [UInt64: Place] = [:]
        /// Whether the backend is connected; nil when it has not reported a connection.
        var isConnected: Bool?
        var lastFailure: String?
    }

    /// An operation that waits for others to end.
    private enum Place {
        /// The caller is about to wait.
        case taken
        case waiting(UnsafeContinuation<Void, any Error>)
        /// The wait is over before its caller began it.
        case settled(Result<Void, any Error>)
    }

    let backend: any CacheBackend
    let capabilities: BackendCapabilities
    let timeout: Duration
    let timer: DeadlineTimer
    let clock: any CacheClock
    private let counters: StatisticsCounters
    private let events: EventHub
    private let state = Mutex(State())

    /// The epoch of the breaker while the last operation succeeded, so that operations need no lock for their permits;
    /// the largest number otherwise.
    private let healthyEpoch = Atomic<UInt64>(0)

    init(
        _ backend: any CacheBackend,
        timeout: Duration,
        clock: any CacheClock,
        timer: DeadlineTimer,
        counters: StatisticsCounters,
        events: EventHub
    ) {
        self.backend = backend
        capabilities = BackendCapabilities(backend)
        self.timeout = timeout
        self.clock = clock
        self.timer = timer
        self.counters = counters
        self.events = events
    }

    /// Whether tags are stored with the prefix of their cache, because the backend finds the entries of all caches by them.
    var scopesTags: Bool { capabilities.tags != nil }

    /// The health of the backend, as far as its operations have shown.
    var health: BackendHealth {
        state.withLock { state in
            BackendHealth(
                isAvailable: state.breaker.isClosed && state.gate.abandoned < OperationGate.maximumAbandoned,
                consecutiveFailures: state.breaker.failures,
                runningOperations: state.gate.running,
                abandonedOperations: state.gate.abandoned,
                isConnected: state.isConnected,
                lastFailure: state.lastFailure
            )
        }
    }

    /// Takes a change of the connection, and reports it.
    func connectionChanged(_ connection: BackendConnection) {
        let now = clock.now
        switch connection {
        case .connected(let server):
            withBreaker { $0.endPause(now: now) }
            state.withLock { state in
                state.isConnected = true
                state.lastFailure = nil
            }
            events.emit(.backendConnected(server))
        case .disconnected(let error):
            let reason = "\(error)"
            state.withLock { state in
                state.isConnected = false
                state.lastFailure = reason
            }
            events.emit(.backendDisconnected(error))
        }
    }

    /// Performs an operation of the backend within its deadline.
    ///
    /// - Parameters:
    ///   - operation: The name of the operation, for errors.
    ///   - isShielded: Whether the operation is finished although its caller is cancelled.
    ///   - body: The operation.
    /// - Returns: The result of `body`.
    /// - Throws: The error of the backend, ``CacheError/backendTimedOut(operation:after:)``,
    ///   ``CacheError/backendUnavailable(operation:)``, or `CancellationError` when the caller was cancelled.
    nonisolated(nonsending) func perform<Output: Sendable>(
        _ operation: String,
        isShielded: Bool = false,
        _ body: @escaping @Sendable (any CacheBackend) async throws -> Output
    ) async throws -> Output {
        guard let permit = admit() else { throw skip(operation) }
        do {
            let output = try await run(operation, isShielded, body)
            if healthyEpoch.load(ordering: .acquiring) != permit.epoch { record(.success, permit) }
            return output
        } catch is CancellationError where !isShielded && Task.isCancelled {
            record(.noVerdict, permit)
            throw CancellationError()
        } catch let error as OperationRefused {
            record(.noVerdict, permit)
            throw error.isLate ? late(operation) : skip(operation)
        } catch {
            record(BackendFailureKind(of: error) == .unreachable ? .unreachable : .noVerdict, permit)
            throw error
        }
    }

    /// Counts and reports a failure of the backend; an operation that was skipped is counted already.
    func reportFailure(_ operation: String, key: String?, _ error: any Error) {
        if case CacheError.backendUnavailable? = error as? CacheError { return }
        counters.backendFailures.increment()
        events.emit(.backendFailed(operation: operation, error), key: key)
    }

    private nonisolated(nonsending) func run<Output: Sendable>(
        _ operation: String,
        _ isShielded: Bool,
        _ body: @escaping @Sendable (any CacheBackend) async throws -> Output
    ) async throws -> Output {
        let backend = backend
        if capabilities.keepsDeadlines {
            guard isShielded else { return try await body(backend) }
            return try await Task { try await body(backend) }.value
        }
        let deadline = clock.now.advanced(by: timeout)
        try await enter(until: deadline, isShielded)
        let running = BoundedOperation<Output>(timer: timer) { [weak self] end in self?.leave(end) }
        return try await running.run(until: deadline, orThrow: { self.late(operation) }, isShielded: isShielded) {
            try await body(backend)
        }
    }

    /// Waits until the bound admits one more operation.
    private nonisolated(nonsending) func enter(until deadline: CacheInstant, _ isShielded: Bool) async throws {
        let (number, entrance) = state.withLock { state in
            state.lastOperation += 1
            let entrance = state.gate.enter(state.lastOperation)
            if entrance == .queued { state.queue[state.lastOperation] = .taken }
            return (state.lastOperation, entrance)
        }
        switch entrance {
        case .granted: return
        case .refused: throw OperationRefused(isLate: false)
        case .queued: break
        }
        let alarm = timer.schedule(at: deadline) { [weak self] in
            self?.withdraw(number, OperationRefused(isLate: true))
        }
        defer { timer.cancel(alarm) }
        try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { wait(number, $0) }
        } onCancel: {
            if !isShielded { withdraw(number, CancellationError()) }
        }
    }

    private func wait(_ number: UInt64, _ continuation: UnsafeContinuation<Void, any Error>) {
        let result = state.withLock { state -> Result<Void, any Error>? in
            if case .settled(let result)? = state.queue[number] {
                state.queue[number] = nil
                return result
            }
            state.queue[number] = .waiting(continuation)
            return nil
        }
        if let result { continuation.resume(with: result) }
    }

    private func withdraw(_ number: UInt64, _ error: any Error) {
        let waiting = state.withLock { state in
            switch state.queue[number] {
            case .taken?, .waiting?: state.gate.withdraw(number)
            case .settled?, nil: return UnsafeContinuation<Void, any Error>?.none
            }
            return Self.settle(&state, number, .failure(error))
        }
        waiting?.resume(throwing: error)
    }

    /// Admits operations that wait when one has ended.
    private func leave(_ end: BoundedEnd) {
        let refusal = OperationRefused(isLate: false)
        let (granted, refused) = state.withLock { state in
            var release = OperationGate.Release()
            switch end {
            case .returned, .neverBegan: release = state.gate.end()
            case .abandoned: release = state.gate.abandon()
            case .returnedLate: state.gate.returned()
            }
            return (
                release.granted.compactMap { Self.settle(&state, $0, .success(())) },
                release.refused.compactMap { Self.settle(&state, $0, .failure(refusal)) }
            )
        }
        for waiting in granted { waiting.resume() }
        for waiting in refused { waiting.resume(throwing: refusal) }
    }

    /// Ends a wait, and returns its continuation, to be resumed after the lock is released.
    private static func settle(
        _ state: inout State,
        _ number: UInt64,
        _ result: Result<Void, any Error>
    ) -> UnsafeContinuation<Void, any Error>? {
        guard case .waiting(let continuation)? = state.queue[number] else {
            state.queue[number] = .settled(result)
            return nil
        }
        state.queue[number] = nil
        return continuation
    }

    private func admit() -> CircuitBreaker.Permit? {
        let epoch = healthyEpoch.load(ordering: .acquiring)
        guard epoch == .max else { return CircuitBreaker.Permit(epoch: epoch, isProbe: false) }
        return withBreaker { $0.admit(now: clock.now) }
    }

    private func withBreaker<Result>(_ body: (inout CircuitBreaker) -> Result) -> Result {
        state.withLock { state in
            defer { healthyEpoch.store(state.breaker.healthyPermit?.epoch ?? .max, ordering: .releasing) }
            return body(&state.breaker)
        }
    }

    private func record(_ outcome: CircuitBreaker.Outcome, _ permit: CircuitBreaker.Permit) {
        switch withBreaker({ $0.record(outcome, permit, now: clock.now) }) {
        case .opened(let pause)?:
            counters.backendOutages.increment()
            events.emit(.backendUnavailable(for: pause))
        case .closed?:
            events.emit(.backendRecovered)
        case nil: break
        }
    }

    private func skip(_ operation: String) -> CacheError {
        counters.skippedOperations.increment()
        return .backendUnavailable(operation: operation)
    }

    private func late(_ operation: String) -> CacheError { .backendTimedOut(operation: operation, after: timeout) }
}

/// The error of an operation that did not begin.
private struct OperationRefused: Error {
    /// Whether its deadline was reached while it waited for others.
    let isLate: Bool
}
