// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A call that may wait for a flight, by which it is found when it leaves.
///
/// It cannot be copied nor loaded, because of the atomics, so that the closures around a wait refer to one and the same:
/// what they would copy of it, every waiting task would keep.
package struct FlightWaiter: ~Copyable, Sendable {
    let id: WaiterID

    /// The flight that it waits for; 0 before it does.
    let flight = Atomic<FlightID>(.none)

    /// Set by the handler of a cancellation, which may run at any time.
    let isCancelled = Atomic<Bool>(false)

    private static let lastID = Atomic<UInt64>(0)

    /// A waiter of its own for each call.
    init() { id = WaiterID(rawValue: Self.lastID.wrappingAdd(1, ordering: .relaxed).newValue) }

    /// A call that waits for nothing.
    init(unused: Void) { id = WaiterID(rawValue: 0) }
}

/// The number of a call that may wait, unique in the process.
package struct WaiterID: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt64

    package init(rawValue: UInt64) { self.rawValue = rawValue }
}
