// SPDX-License-Identifier: Apache-2.0

/// A load that can begin.
@usableFromInline
struct Departure: Sendable {
    /// The tags that are known before it loads.
    let tags: [String]

    /// How many flights had ended before the caller looked for the value; nil when it must look again.
    var ticket: UInt64?

    /// Runs the flight it is given and ends it with ``SingleFlight/finish(_:_:)``; the flag says whether to look for the
    /// value once more.
    let load: @Sendable (SingleFlight.FlightID, Bool) async -> Void
}
