// SPDX-License-Identifier: Apache-2.0

/// Somebody who may wait for a load.
///
/// It cannot be copied, so that the closures around a wait refer to one and the same: what they would copy of it, every
/// waiting task would keep.
struct Passenger: ~Copyable, Sendable {
    private let key: FlightKey
    private let callerID: UInt64

    /// Kept alive by who waits.
    private let cache: Unmanaged<CachePipeline>

    /// Whether the read is a miss that nobody has counted.
    private let countsMiss: Bool

    init(_ cache: Unmanaged<CachePipeline>, _ key: String, countsMiss: Bool) {
        self.cache = cache
        self.countsMiss = countsMiss
        (self.key, callerID) = cache._withUnsafeGuaranteedRef { ($0.flightKey(key), $0.flights.nextCallerID()) }
    }

    /// Waits for the flight of the key, or for one that takes off now.
    func board(_ waiter: SingleFlight.Waiter, _ takeOff: () -> Departure?) {
        cache._withUnsafeGuaranteedRef { $0.board(key, callerID, waiter, countsMiss, takeOff) }
    }

    /// Ends the wait.
    func leave() {
        cache._withUnsafeGuaranteedRef { $0.flights.leave(callerID, key: key) }
    }
}
