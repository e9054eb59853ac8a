// SPDX-License-Identifier: Apache-2.0

/// How long an entry lives ("time to live").
///
/// Integer and floating-point literals are seconds: `ttl: 300`, `ttl: 0.25`. There are three things to say, and each
/// has its own spelling: ``default`` (what the cache is configured with), a duration, and ``forever``.
///
/// A duration of zero or less stores nothing and removes what was there.
public struct TTL: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        case `default`
        case forever
        case finite(Duration)
    }

    let kind: Kind

    /// The lifetime the cache is configured with; 300 seconds when the configuration does not say.
    public static let `default` = TTL(kind: .default)

    /// No expiry: the entry stays until it is invalidated or evicted.
    public static let forever = TTL(kind: .forever)

    /// A lifetime.
    ///
    /// - Parameter duration: How long the entry lives; zero or less stores nothing.
    /// - Returns: The lifetime.
    public static func duration(_ duration: Duration) -> TTL { TTL(kind: .finite(duration)) }

    /// A lifetime in seconds.
    ///
    /// - Parameter seconds: The number of seconds.
    /// - Returns: The lifetime.
    public static func seconds(_ seconds: Int) -> TTL { .duration(.seconds(seconds)) }

    /// A lifetime in seconds and fractions of a second.
    ///
    /// - Parameter seconds: The number of seconds; infinity and what exceeds 292 years mean ``forever``, a number that
    ///   is not a number means zero.
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

    /// A lifetime in hours.
    ///
    /// - Parameter hours: The number of hours.
    /// - Returns: The lifetime.
    public static func hours(_ hours: Int) -> TTL { .multiple(hours, of: 3600) }

    /// A lifetime in days of 24 hours.
    ///
    /// - Parameter days: The number of days.
    /// - Returns: The lifetime.
    public static func days(_ days: Int) -> TTL { .multiple(days, of: 86_400) }

    private static func multiple(_ count: Int, of seconds: Int) -> TTL {
        let (product, overflow) = count.multipliedReportingOverflow(by: seconds)
        guard overflow else { return .seconds(product) }
        return count < 0 ? .seconds(-1) : .forever
    }

    /// The lifetime that applies, with ``default`` replaced.
    func resolved(default fallback: TTL) -> TTL { kind == .default ? fallback : self }

    /// The lifetime as a duration; nil for ``forever`` (and for ``default``, which is to be resolved first).
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
    /// The lifetime in words: `default`, `forever` or a duration.
    public var description: String {
        switch kind {
        case .default: "default"
        case .forever: "forever"
        case .finite(let duration): duration.description
        }
    }
}
