// SPDX-License-Identifier: Apache-2.0

/// A source of time for a cache.
///
/// Services use ``SystemCacheClock``; tests pass a `ManualClock` from `CachingTesting` and move time by hand.
public protocol CacheClock: Sendable {
    /// The current point on the monotonic time line that lifetimes are measured on.
    ///
    /// It never goes back, whatever happens to the wall clock. It may be a few milliseconds coarse.
    var now: CacheInstant { get }

    /// Microseconds since 1970-01-01 00:00 UTC, for what leaves the process.
    var wallTimeMicroseconds: Int64 { get }

    /// Suspends until the clock reaches a deadline.
    ///
    /// - Parameter deadline: When to wake up.
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    func sleep(until deadline: CacheInstant) async throws
}
