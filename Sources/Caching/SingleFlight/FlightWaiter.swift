// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A call that may wait for a flight.
///
/// It is not copyable, so that the closures around a wait share it; each waiting task would hold the copies.
package struct FlightWaiter: ~Copyable, Sendable {
    let id: WaiterID

    /// The flight that the call waits for; none before it waits.
    let flight = Atomic<FlightID>(.none)

    /// Whether the call was cancelled, set by the cancellation handler, which may run at any time.
    let isCancelled = Atomic<Bool>(false)

    private static let lastID = Atomic<UInt64>(0)

    /// Creates the waiter of a call.
    init() { id = WaiterID(rawValue: Self.lastID.wrappingAdd(1, ordering: .relaxed).newValue) }

    /// Creates the waiter of a call that does not wait.
    init(unused: Void) { id = WaiterID(rawValue: 0) }
}

/// The number of a call that may wait, unique in the process.
package struct WaiterID: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt64

    package init(rawValue: UInt64) { self.rawValue = rawValue }
}
