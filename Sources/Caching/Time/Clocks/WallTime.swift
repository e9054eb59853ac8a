// SPDX-License-Identifier: Apache-2.0

/// A point in time on the wall clock, which has a meaning outside of the process.
///
/// The public interface has it as a plain number of microseconds.
@usableFromInline
package struct WallTime: Sendable, Hashable {
    /// The microseconds since 1970-01-01 00:00 UTC.
    @usableFromInline package let microseconds: Int64

    /// Creates a point in time from the microseconds since 1970-01-01 00:00 UTC.
    @inlinable
    package init(microseconds: Int64) { self.microseconds = microseconds }

    /// The value that stands for a time which is not known.
    @inlinable package static var unknown: WallTime { WallTime(microseconds: 0) }

    /// Returns the point in time that lies `duration` after this one, saturated at both ends.
    package func advanced(by duration: Duration) -> WallTime {
        let distance = duration.saturatedNanoseconds / 1000
        let (sum, overflow) = microseconds.addingReportingOverflow(distance)
        return WallTime(microseconds: overflow ? (distance < 0 ? .min : .max) : sum)
    }
}

extension CacheClock {
    /// The current wall time.
    package var wallTime: WallTime { WallTime(microseconds: wallTimeMicroseconds) }
}
