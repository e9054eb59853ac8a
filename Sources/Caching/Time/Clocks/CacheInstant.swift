// SPDX-License-Identifier: Apache-2.0

/// A point in time on the monotonic clock of a cache, in nanoseconds since an arbitrary origin.
///
/// Instants of different clocks, or of different runs of the process, cannot be compared.
public struct CacheInstant: Sendable, Hashable, Comparable {
    /// The nanoseconds since the origin of the clock.
    public let nanoseconds: Int64

    /// Creates an instant.
    ///
    /// - Parameter nanoseconds: The nanoseconds since the origin of the clock.
    @inlinable
    public init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// The instant that is never reached, which is the end of entries that never expire.
    public static let distantFuture = CacheInstant(nanoseconds: .max)

    /// Returns the instant that lies `duration` after this one, at most ``distantFuture``.
    ///
    /// - Parameter duration: The distance; a negative duration gives an earlier instant.
    /// - Returns: The instant, saturated at both ends.
    public func advanced(by duration: Duration) -> CacheInstant {
        let (sum, overflow) = nanoseconds.addingReportingOverflow(duration.saturatedNanoseconds)
        guard overflow else { return CacheInstant(nanoseconds: sum) }
        return duration < .zero ? CacheInstant(nanoseconds: .min) : .distantFuture
    }

    /// Returns the time from this instant to another one.
    ///
    /// - Parameter other: The later instant; an earlier one gives a negative duration.
    /// - Returns: The distance, saturated at both ends.
    public func duration(to other: CacheInstant) -> Duration {
        let (difference, overflow) = other.nanoseconds.subtractingReportingOverflow(nanoseconds)
        guard overflow else { return .nanoseconds(difference) }
        return .nanoseconds(other.nanoseconds < nanoseconds ? Int64.min : Int64.max)
    }

    /// Returns whether one instant lies before another.
    @inlinable
    public static func < (left: CacheInstant, right: CacheInstant) -> Bool {
        left.nanoseconds < right.nanoseconds
    }
}

extension Duration {
    /// This duration in whole nanoseconds, saturated at the ends of `Int64` (about 292 years).
    package var saturatedNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return seconds < 0 ? .min : .max }
        let (sum, carry) = whole.addingReportingOverflow(attoseconds / 1_000_000_000)
        guard !carry else { return seconds < 0 ? .min : .max }
        return sum
    }

    /// This duration in seconds, as a floating-point number.
    package var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}
