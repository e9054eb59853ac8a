// SPDX-License-Identifier: Apache-2.0

/// A circuit breaker: after several failures in a row a backend is not used for a while, then one operation probes it.
///
/// A pure type, without clock and lock. While closed, the breaker admits every operation. While open, it refuses every
/// operation until its pause is over. While half-open, it admits one operation, the probe, whose outcome closes it or
/// opens it again for twice as long. (M. Nygard, *Release It!*, 2007.)
package struct CircuitBreaker: Sendable {
    /// The outcome of an operation.
    package enum Outcome: Sendable {
        /// The operation succeeded.
        case success
        /// The backend could not be reached or was late.
        case unreachable
        /// The outcome says nothing about the backend: a cancelled caller, a refused write, a damaged entry.
        case noVerdict
    }

    /// A permit for one operation, which is returned with the outcome.
    package struct Permit: Sendable {
        let epoch: UInt64
        let isProbe: Bool
    }

    /// A change of state by an outcome.
    package enum Transition: Equatable, Sendable {
        /// The backend is not used for that duration.
        case opened(Duration)
        /// The backend works again.
        case closed
    }

    private enum State {
        case closed(failures: Int)
        case open(until: CacheInstant)
        case halfOpen(isProbing: Bool)
    }

    /// The number of failures in a row that open the breaker.
    package static let failuresToOpen = 5

    /// The first pause; each further pause without a success in between is twice as long.
    package static let firstPause = Duration.seconds(1)

    /// The longest pause.
    package static let longestPause = Duration.seconds(30)

    private var state = State.closed(failures: 0)
    private var pause = firstPause
    /// The number of openings and closings; the outcome of an operation from an earlier epoch is ignored.
    private var epoch: UInt64 = 0

    package init() {}

    /// Whether all operations are admitted.
    package var isClosed: Bool { if case .closed = state { true } else { false } }

    /// The number of operations that failed in a row.
    package var failures: Int { if case .closed(let failures) = state { failures } else { Self.failuresToOpen } }

    /// The permit of all operations while the last one succeeded, whose success changes nothing; nil after a failure.
    package var healthyPermit: Permit? {
        if case .closed(failures: 0) = state { Permit(epoch: epoch, isProbe: false) } else { nil }
    }

    /// Returns a permit for an operation that begins now; nil when the operation is refused.
    package mutating func admit(now: CacheInstant) -> Permit? {
        switch state {
        case .closed:
            return Permit(epoch: epoch, isProbe: false)
        case .open(let until):
            guard now >= until else { return nil }
            epoch += 1
        case .halfOpen(let isProbing):
            guard !isProbing else { return nil }
        }
        state = .halfOpen(isProbing: true)
        return Permit(epoch: epoch, isProbe: true)
    }

    /// Ends a pause, when the backend has shown that it may work again.
    package mutating func endPause(now: CacheInstant) {
        guard case .open = state else { return }
        state = .open(until: now)
        pause = Self.firstPause
    }

    /// Takes a permit back, with the outcome of the operation.
    package mutating func record(_ outcome: Outcome, _ permit: Permit, now: CacheInstant) -> Transition? {
        guard permit.epoch == epoch else { return nil }
        switch (state, outcome) {
        case (.closed, .success):
            state = .closed(failures: 0)
            return nil
        case (.closed(let failures), .unreachable):
            guard failures + 1 >= Self.failuresToOpen else {
                state = .closed(failures: failures + 1)
                return nil
            }
            return open(now)
        case (.halfOpen, .success):
            epoch += 1
            state = .closed(failures: 0)
            pause = Self.firstPause
            return .closed
        case (.halfOpen, .unreachable):
            return open(now)
        case (.halfOpen, .noVerdict):
            // The next operation is the probe instead.
            state = .halfOpen(isProbing: false)
            return nil
        case (.closed, .noVerdict), (.open, _):
            return nil
        }
    }

    private mutating func open(_ now: CacheInstant) -> Transition {
        epoch += 1
        let length = pause
        state = .open(until: now.advanced(by: length))
        pause = min(pause * 2, Self.longestPause)
        return .opened(length)
    }
}
