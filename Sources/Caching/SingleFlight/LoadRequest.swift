// SPDX-License-Identifier: Apache-2.0

/// A load that has not begun.
@usableFromInline
struct LoadRequest: Sendable {
    /// The tags that are known before the load.
    let tags: [String]

    /// Whether the load begins even if a value is stored.
    var isRefresh = false

    /// The time past its lifetime within which a value answers at once, in nanoseconds.
    var acceptedStaleness: Int64 = 0

    /// Runs a flight, and ends it with ``SingleFlight/finish(_:_:)``.
    let load: SingleFlight.Load
}
