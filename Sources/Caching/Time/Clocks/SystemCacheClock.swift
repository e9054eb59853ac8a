// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The clock of the machine: monotonic, coarse, and cheap to read.
///
/// A read takes about 5 ns instead of the 30 ns of `ContinuousClock`, because it returns the time of the last timer tick
/// of the kernel. A lifetime may therefore be off by one tick, 1 to 4 ms on Linux.
public struct SystemCacheClock: CacheClock {
    /// Creates the clock.
    public init() {}

    /// The current monotonic time, as of the last timer tick.
    public var now: CacheInstant { CacheInstant(nanoseconds: Self.coarseNanoseconds()) }

    /// The wall time in microseconds since 1970-01-01 00:00 UTC.
    public var wallTimeMicroseconds: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }

    /// Suspends until the clock reaches a deadline.
    ///
    /// - Parameter deadline: The time to wake up at.
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    public func sleep(until deadline: CacheInstant) async throws {
        let remaining = now.duration(to: deadline)
        guard remaining > .zero else { return try Task.checkCancellation() }
        try await Task.sleep(for: remaining)
    }

    /// The precise monotonic time in nanoseconds, for measurements; it has another origin than ``now``.
    package static var preciseNanoseconds: Int64 {
        #if canImport(Darwin)
            return Int64(clock_gettime_nsec_np(CLOCK_MONOTONIC_RAW))
        #else
            var time = timespec()
            clock_gettime(CLOCK_MONOTONIC, &time)
            return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
        #endif
    }

    @usableFromInline
    static func coarseNanoseconds() -> Int64 {
        #if canImport(Darwin)
            return Int64(clock_gettime_nsec_np(CLOCK_MONOTONIC_RAW_APPROX))
        #else
            var time = timespec()
            clock_gettime(CLOCK_MONOTONIC_COARSE, &time)
            return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
        #endif
    }
}
