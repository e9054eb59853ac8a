// SPDX-License-Identifier: Apache-2.0

/// Somebody who waits for a flight.
package struct FlightCaller<Waiter> {
    package let id: UInt64
    package let waiter: Waiter
    /// The flight whose load is asking, if any.
    package let parent: UInt64?
    /// The raw value of a `TaskPriority`, whose size the compiler does not know: with one in it, every copy of a caller
    /// would go through its metadata.
    package let priority: UInt8

    package init(id: UInt64, waiter: Waiter, parent: UInt64?, priority: UInt8) {
        self.id = id
        self.waiter = waiter
        self.parent = parent
        self.priority = priority
    }
}

extension FlightCaller: Sendable where Waiter: Sendable {}
