// SPDX-License-Identifier: Apache-2.0

public import Caching
import Synchronization

/// A clock that stands still until a test moves it.
///
/// ```swift
/// let clock = ManualClock()
/// let manager = CacheManager(backend: MemoryBackend(clock: clock), clock: clock)
/// clock.advance(by: .seconds(300))        // entries with a lifetime of five minutes have expired
/// ```
///
/// To test code that waits, let it begin to wait first: ``waitForSleepers(_:)`` returns when a number of tasks sleep on
/// the clock, without polling. ``advance(by:)`` wakes the tasks whose deadlines are reached.
public final class ManualClock: CacheClock {
    private struct Sleeper {
        let deadline: CacheInstant
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct Observer {
        let count: Int
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var now = CacheInstant(nanoseconds: 0)
        var wall: Int64
        var nextID = 0
        var sleepers: [Int: Sleeper] = [:]
        var observers: [Observer] = []
    }

    private let state: Mutex<State>

    /// Creates a clock.
    ///
    /// - Parameter wallTimeMicroseconds: The time of the wall clock, in microseconds since 1970-01-01 00:00 UTC; by default
    ///   a moment in 2026.
    public init(wallTimeMicroseconds: Int64 = 1_780_000_000_000_000) {
        state = Mutex(State(wall: wallTimeMicroseconds))
    }

    /// The time since the clock was made.
    public var now: CacheInstant { state.withLock(\.now) }

    /// The time of the wall clock, in microseconds since 1970-01-01 00:00 UTC.
    ///
    /// It moves with ``advance(by:)`` and jumps with ``setWallTime(_:)``.
    public var wallTimeMicroseconds: Int64 { state.withLock(\.wall) }

    /// The number of tasks that sleep on the clock.
    public var sleeperCount: Int { state.withLock(\.sleepers.count) }

    /// Moves time forward and wakes the sleepers whose deadline is reached, the earliest first.
    ///
    /// - Parameter duration: The duration. A negative one is ignored, because monotonic time never goes back. Time ends
    ///   at `CacheInstant.distantFuture`, and on the wall clock 146,000 years after 1970.
    public func advance(by duration: Duration) {
        guard duration > .zero else { return }
        let awake = state.withLock { state in
            state.now = state.now.advanced(by: duration)
            state.wall = Self.wallTime(state.wall, after: duration)
            let due = state.sleepers.filter { $0.value.deadline <= state.now }
            for id in due.keys { state.sleepers[id] = nil }
            return due.sorted { ($0.value.deadline, $0.key) < ($1.value.deadline, $1.key) }.map(\.value)
        }
        for sleeper in awake { sleeper.continuation.resume() }
    }

    /// The end of the wall clock, to which any lifetime can be added.
    private static let endOfWallTime = Int64.max / 2

    private static func wallTime(_ wall: Int64, after duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        let (microseconds, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        guard !overflow else { return endOfWallTime }
        let (whole, carry) = microseconds.addingReportingOverflow(attoseconds / 1_000_000_000_000)
        let (sum, end) = wall.addingReportingOverflow(whole)
        return carry || end ? endOfWallTime : min(sum, max(wall, endOfWallTime))
    }

    /// Sets the wall clock, as an operator or a time server does, and leaves monotonic time as it is.
    ///
    /// - Parameter microseconds: Microseconds since 1970-01-01 00:00 UTC.
    public func setWallTime(_ microseconds: Int64) {
        state.withLock { $0.wall = microseconds }
    }

    /// Suspends until a number of tasks sleep on the clock.
    ///
    /// - Parameter count: The least number of tasks.
    public func waitForSleepers(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isReached = state.withLock { state in
                if state.sleepers.count >= count { return true }
                state.observers.append(Observer(count: count, continuation: continuation))
                return false
            }
            if isReached { continuation.resume() }
        }
    }

    /// Suspends until the clock is moved to a deadline.
    ///
    /// - Parameter deadline: The time at which to return.
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    public func sleep(until deadline: CacheInstant) async throws {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let (result, observers) = state.withLock { state -> (Result<Void, any Error>?, [Observer]) in
                    if Task.isCancelled { return (.failure(CancellationError()), []) }
                    if deadline <= state.now { return (.success(()), []) }
                    state.sleepers[id] = Sleeper(deadline: deadline, continuation: continuation)
                    let count = state.sleepers.count
                    let reached = state.observers.filter { $0.count <= count }
                    state.observers.removeAll { $0.count <= count }
                    return (nil, reached)
                }
                if let result { continuation.resume(with: result) }
                for observer in observers { observer.continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.sleepers.removeValue(forKey: id) }?.continuation.resume(throwing: CancellationError())
        }
    }
}
