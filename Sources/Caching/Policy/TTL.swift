// SPDX-License-Identifier: Apache-2.0

/// The lifetime of an entry ("time to live").
///
/// A literal is a number of seconds: `ttl: 300`, `ttl: 0.25`. A variable is wrapped: `ttl: TTL(seconds)`,
/// `ttl: TTL(duration)`. Besides durations there are ``default``, the lifetime that the cache is configured with, and
/// ``forever``.
///
/// A duration of zero or less stores nothing and removes the entry that is there.
public struct TTL: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        case `default`
        case forever
        case finite(Duration)
    }

    let kind: Kind

    /// The lifetime that the cache is configured with; 300 seconds when the configuration names none.
    public static let `default` = TTL(kind: .default)

    /// A lifetime without end: the entry stays until it is invalidated or evicted.
    public static let forever = TTL(kind: .forever)

    private init(kind: Kind) { self.kind = kind }

    /// Creates a lifetime from a duration.
    ///
    /// - Parameter duration: The duration; zero or less stores nothing.
    public init(_ duration: Duration) { self = .duration(duration) }

    /// Creates a lifetime from a number of seconds.
    ///
    /// - Parameter seconds: The number of seconds.
    public init(_ seconds: Int) { self = .seconds(seconds) }

    /// Creates a lifetime from seconds and fractions of a second.
    ///
    /// - Parameter seconds: The number of seconds; infinity means ``forever``, and not-a-number means zero.
    public init(_ seconds: Double) { self = .seconds(seconds) }

    /// A lifetime of a duration.
    ///
    /// - Parameter duration: The duration; zero or less stores nothing.
    /// - Returns: The lifetime.
    public static func duration(_ duration: Duration) -> TTL { TTL(kind: .finite(duration)) }

    /// A lifetime in seconds.
    ///
    /// - Parameter seconds: The number of seconds.
    /// - Returns: The lifetime.
    public static func seconds(_ seconds: Int) -> TTL { .duration(.seconds(seconds)) }

    /// A lifetime in seconds and fractions of a second.
    ///
    /// - Parameter seconds: The number of seconds; infinity and more than 292 years mean ``forever``, and not-a-number
    ///   means zero.
    /// - Returns: The lifetime.
    public static func seconds(_ seconds: Double) -> TTL {
        guard !seconds.isNaN else { return .duration(.zero) }
        guard seconds < 9.2e9 else { return .forever }
        guard seconds > -9.2e9 else { return .duration(.seconds(-1)) }
        return .duration(.nanoseconds(Int64(seconds * 1e9)))
    }

    /// A lifetime in milliseconds.
    ///
    /// - Parameter milliseconds: The number of milliseconds.
    /// - Returns: The lifetime.
    public static func milliseconds(_ milliseconds: Int) -> TTL { .duration(.milliseconds(milliseconds)) }

    /// A lifetime in minutes.
    ///
    /// - Parameter minutes: The number of minutes.
    /// - Returns: The lifetime.
    public static func minutes(_ minutes: Int) -> TTL { .multiple(minutes, of: 60) }

    /// A lifetime in minutes and fractions of a minute.
    ///
    /// - Parameter minutes: The number of minutes; as for seconds, infinity is ``forever`` and not-a-number is zero.
    /// - Returns: The lifetime.
    public static func minutes(_ minutes: Double) -> TTL { .seconds(minutes * 60) }

    /// A lifetime in hours.
    ///
    /// - Parameter hours: The number of hours.
    /// - Returns: The lifetime.
    public static func hours(_ hours: Int) -> TTL { .multiple(hours, of: 3600) }

    /// A lifetime in hours and fractions of an hour.
    ///
    /// - Parameter hours: The number of hours; as for seconds, infinity is ``forever`` and not-a-number is zero.
    /// - Returns: The lifetime.
    public static func hours(_ hours: Double) -> TTL { .seconds(hours * 3600) }

    /// A lifetime in days of 24 hours.
    ///
    /// - Parameter days: The number of days.
    /// - Returns: The lifetime.
    public static func days(_ days: Int) -> TTL { .multiple(days, of: 86_400) }

    /// A lifetime in days of 24 hours and fractions of a day.
    ///
    /// - Parameter days: The number of days; as for seconds, infinity is ``forever`` and not-a-number is zero.
    /// - Returns: The lifetime.
    public static func days(_ days: Double) -> TTL { .seconds(days * 86_400) }

    /// A lifetime in weeks of seven days.
    ///
    /// - Parameter weeks: The number of weeks.
    /// - Returns: The lifetime.
    public static func weeks(_ weeks: Int) -> TTL { .multiple(weeks, of: 604_800) }

    /// A lifetime in weeks of seven days and fractions of a week.
    ///
    /// - Parameter weeks: The number of weeks; as for seconds, infinity is ``forever`` and not-a-number is zero.
    /// - Returns: The lifetime.
    public static func weeks(_ weeks: Double) -> TTL { .seconds(weeks * 604_800) }

    private static func multiple(_ count: Int, of seconds: Int) -> TTL {
        let (product, overflow) = count.multipliedReportingOverflow(by: seconds)
        guard overflow else { return .seconds(product) }
        return count < 0 ? .seconds(-1) : .forever
    }

    /// Returns the lifetime that applies, with ``default`` replaced.
    func resolved(default fallback: TTL) -> TTL { kind == .default ? fallback : self }

    /// The lifetime as a duration; nil for ``forever``, and for ``default``, which has to be resolved first.
    package var lifetime: Duration? {
        if case .finite(let duration) = kind { duration } else { nil }
    }
}

extension TTL: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral {
    /// Creates a lifetime from a number of seconds.
    ///
    /// - Parameter value: The number of seconds.
    public init(integerLiteral value: Int) { self = .seconds(value) }

    /// Creates a lifetime from a number of seconds.
    ///
    /// - Parameter value: The number of seconds.
    public init(floatLiteral value: Double) { self = .seconds(value) }
}

extension TTL: CustomStringConvertible {
    /// The lifetime as a text: `default`, `forever` or a duration.
    public var description: String {
        switch kind {
        case .default: "default"
        case .forever: "forever"
        case .finite(let duration): duration.description
        }
    }
}
