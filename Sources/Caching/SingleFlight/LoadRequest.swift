// SPDX-License-Identifier: Apache-2.0

/// A load that can begin.
@usableFromInline
struct LoadRequest: Sendable {
    /// The tags that are known before it loads.
    let tags: [String]

    /// Whether a value that is stored is of no use.
    var isRefresh = false

    /// The time past its lifetime within which a value answers at once, in nanoseconds.
    var acceptedStaleness: Int64 = 0

    /// Runs the flight it is given, and ends it with ``SingleFlight/finish(_:_:)``.
    let load: SingleFlight.Load
}
