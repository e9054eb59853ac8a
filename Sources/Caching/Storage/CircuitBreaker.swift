// SPDX-License-Identifier: Apache-2.0

/// Decides whether a backend is asked: after several failures in a row it is left alone for a while, then one operation
/// tries it.
///
/// It is pure: no clock and no lock. Closed, it lets everything through. Open, it refuses everything until its pause is
/// over. Half-open, it lets one operation through, the probe, whose outcome closes it or opens it again for twice as
/// long. (M. Nygard, *Release It!*, 2007.)
package struct CircuitBreaker: Sendable {
    /// The outcome of an operation.
    package enum Outcome: Sendable {
        /// The backend did what it was asked.
        case success
        /// The backend could not be reached or was too late.
        case unreachable
        /// It says nothing about the backend: a cancelled caller, a refused write, a damaged entry.
        case noVerdict
    }

    /// The right to one operation, to be given back with its outcome.
    package struct Permit: Sendable {
        let epoch: UInt64
        let isProbe: Bool
    }

    /// The change that an outcome has made.
    package enum Transition: Equatable, Sendable {
        /// The backend is left alone for that long.
        case opened(Duration)
        /// The backend works again.
        case closed
    }

    private enum State {
        case closed(failures: Int)
        case open(until: CacheInstant)
        case halfOpen(isProbing: Bool)
    }

    /// The number of failures in a row that open it.
    package static let failuresToOpen = 5

    /// The first pause; each one that follows without a success between is twice as long.
    package static let firstPause = Duration.seconds(1)

    /// The longest pause.
    package static let longestPause = Duration.seconds(30)

    private var state = State.closed(failures: 0)
    private var pause = firstPause
    /// Counts openings and closings: an operation that began before one says nothing about what is now.
    private var epoch: UInt64 = 0

    package init() {}

    /// Whether operations are let through as if nothing had happened.
    package var isClosed: Bool { if case .closed = state { true } else { false } }

    /// The number of operations that failed in a row.
    package var failures: Int { if case .closed(let failures) = state { failures } else { Self.failuresToOpen } }

    /// The permit that everybody gets while nothing is wrong, and whose success changes nothing; nil when something is.
    package var carefreePermit: Permit? {
        if case .closed(failures: 0) = state { Permit(epoch: epoch, isProbe: false) } else { nil }
    }

    /// A permit for an operation that begins now; nil when the backend is to be left alone.
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

    /// Ends a pause, because there is a reason to think that the backend works again.
    package mutating func endPause(now: CacheInstant) {
        guard case .open = state else { return }
        state = .open(until: now)
        pause = Self.firstPause
    }

    /// Takes a permit back, with what became of the operation.
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
            // The next operation tries it instead.
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
