// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A backend outside the process, as the pipeline asks it: each operation has a deadline, a backend that does not work
/// is left alone, and failures are counted and reported here.
///
/// Nothing is resumed under the lock.
final class FarBackend: Sendable {
    private struct State {
        var breaker = CircuitBreaker()
        var gate = OperationGate()
        var lastOperation: UInt64 = 0
        var queue: [UInt64: Place] = [:]
        /// The state of the connection, of a backend that has one and reported it.
        var isConnected: Bool?
        var lastFailure: String?
    }

    /// The place of an operation that waits for others to end.
    private enum Place {
        /// Its caller is about to wait.
        case taken
        case waiting(UnsafeContinuation<Void, any Error>)
        /// The wait is over before its caller began it.
        case settled(Result<Void, any Error>)
    }

    let backend: any CacheBackend
    let abilities: BackendAbilities
    let timeout: Duration
    let timer: DeadlineTimer
    let clock: any CacheClock
    private let counters: StatisticsCounters
    private let events: EventHub
    private let state = Mutex(State())

    /// The epoch of the breaker while nothing is wrong, so that operations need no lock for their permits; else the
    /// largest number.
    private let carefreeEpoch = Atomic<UInt64>(0)

    init(
        _ backend: any CacheBackend,
        timeout: Duration,
        clock: any CacheClock,
        timer: DeadlineTimer,
        counters: StatisticsCounters,
        events: EventHub
    ) {
        self.backend = backend
        abilities = BackendAbilities(backend)
        self.timeout = timeout
        self.clock = clock
        self.timer = timer
        self.counters = counters
        self.events = events
    }

    /// Whether tags are stored with the prefix of their cache: the backend finds the entries of all caches by them.
    var scopesTags: Bool { abilities.tags != nil }

    /// Whether the backend works, as far as is known.
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

    /// Asks the backend for something, within its deadline.
    ///
    /// - Parameters:
    ///   - operation: What is asked for, for errors.
    ///   - isShielded: Whether it is to be finished although the caller is cancelled.
    ///   - body: Asks the backend.
    /// - Returns: What `body` returns.
    /// - Throws: What the backend throws, ``CacheError/backendTimedOut(operation:after:)``,
    ///   ``CacheError/backendUnavailable(operation:)``, or `CancellationError` when the caller was cancelled.
    nonisolated(nonsending) func perform<Output: Sendable>(
        _ operation: String,
        isShielded: Bool = false,
        _ body: @escaping @Sendable (any CacheBackend) async throws -> Output
    ) async throws -> Output {
        guard let permit = admit() else { throw skip(operation) }
        do {
            let output = try await run(operation, isShielded, body)
            if carefreeEpoch.load(ordering: .acquiring) != permit.epoch { record(.success, permit) }
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

    /// Counts and reports that the backend failed at something; what was skipped is counted already.
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
        if abilities.keepsDeadlines {
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

    /// Waits until there may be one more operation.
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

    /// Makes room for operations that wait when one has ended.
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

    /// Ends a wait; the continuation that is to be resumed when the lock is released.
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
        let epoch = carefreeEpoch.load(ordering: .acquiring)
        guard epoch == .max else { return CircuitBreaker.Permit(epoch: epoch, isProbe: false) }
        return withBreaker { $0.admit(now: clock.now) }
    }

    private func withBreaker<Result>(_ body: (inout CircuitBreaker) -> Result) -> Result {
        state.withLock { state in
            defer { carefreeEpoch.store(state.breaker.carefreePermit?.epoch ?? .max, ordering: .releasing) }
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
    /// Its deadline was reached while it waited for others.
    let isLate: Bool
}
