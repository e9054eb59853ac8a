// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A call that may wait for a flight.
///
/// It is not copyable, so that the closures around a wait share it; each waiting task would hold the copies.
package struct FlightWaiter: ~Copyable, Sendable {
    let id: WaiterID

    /// The number of the flight that the call waits for; zero before it waits.
    ///
    /// It is a plain integer, because the layout of `Atomic<FlightID>` is known only at run time outside of this module,
    /// which enlarges the frame of every waiting call.
    private let flightNumber = Atomic<UInt64>(0)

    /// Whether the call was cancelled, set by the cancellation handler, which may run at any time.
    let isCancelled = Atomic<Bool>(false)

    private static let lastID = Atomic<UInt64>(0)

    /// Creates the waiter of a call.
    init() { id = WaiterID(rawValue: Self.lastID.wrappingAdd(1, ordering: .relaxed).newValue) }

    /// Creates the waiter of a call that does not wait.
    init(unused: Void) { id = WaiterID(rawValue: 0) }

    /// The flight that the call waits for; none before it waits.
    var flight: FlightID { FlightID(rawValue: flightNumber.load(ordering: .relaxed)) }

    /// Records the flight that the call waits for.
    func waits(for flight: FlightID) { flightNumber.store(flight.rawValue, ordering: .relaxed) }
}

/// The number of a call that may wait, unique in the process.
package struct WaiterID: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt64

    package init(rawValue: UInt64) { self.rawValue = rawValue }
}
