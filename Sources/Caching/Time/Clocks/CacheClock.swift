// SPDX-License-Identifier: Apache-2.0

/// A source of time for a cache.
///
/// Services use ``SystemCacheClock``; tests use a `ManualClock` from `CachingTesting` and advance time explicitly.
public protocol CacheClock: Sendable {
    /// The current time on the monotonic clock that lifetimes are measured with.
    ///
    /// It never goes back, even if the wall clock is set. It may be imprecise by a few milliseconds.
    var now: CacheInstant { get }

    /// The wall time in microseconds since 1970-01-01 00:00 UTC, for times that leave the process.
    var wallTimeMicroseconds: Int64 { get }

    /// Suspends until the clock reaches a deadline.
    ///
    /// - Parameter deadline: The time to wake up at.
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    func sleep(until deadline: CacheInstant) async throws
}
