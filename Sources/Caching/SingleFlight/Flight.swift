// SPDX-License-Identifier: Apache-2.0

package import Synchronization

/// A load of a key and the callers that wait for it, as ``SingleFlightStateMachine`` knows them.
///
/// An object, so that joining it is one look into a table and copies nothing. Only the state machine touches it, and
/// ``SingleFlight`` does so under its lock; what every joiner touches is therefore not checked for overlapping accesses
/// when it runs, which costs a look into thread-local storage each.
final class Flight<Waiter> {
    enum Phase {
        /// A refresh that begins when the one before it has ended.
        case waiting
        /// Looks whether the value is stored already.
        case reading
        case loading
        case storing
    }

    let id: FlightID
    let key: FlightKey
    let purpose: FlightPurpose

    /// The end of the time in which callers may join; a load that takes longer may hang.
    let joinDeadline: CacheInstant

    /// The time from its beginning to ``joinDeadline``.
    let joinAge: Duration

    /// The number of tag invalidations before it began.
    let tagSequence: Int

    /// The tags that are known; a load may add some.
    var tags: [String]

    /// The priority of the load: the highest of its callers.
    @exclusivity(unchecked) var priority: UInt8
    @exclusivity(unchecked) var callers = FlightCallers<Waiter>()
    @exclusivity(unchecked) var joiners = 0
    var phase = Phase.reading

    /// Whether the load is cancelled when its last caller leaves; background loads go on.
    var needsCallers: Bool

    /// Whether a change has overtaken it: nobody joins it and its value is not stored.
    var isSuperseded = false

    /// Whether a change has overtaken it while it stored, which cannot be held back: nobody joins it.
    var isClosed = false

    /// Whether its value may be stored: false when it began during a change of its key.
    var mayStore = true

    /// The stale value that answers callers who accept one, while the load renews it.
    var stale: StaleAnswer?

    /// An earlier flight of the key that nobody joins any more and that may still store.
    var older: Flight?

    /// The refresh that waits for the end of this one, and the one that this refresh waits for.
    var successor: Flight?
    weak var predecessor: Flight?

    var storeObservers: [Waiter] = []

    init(
        id: FlightID,
        key: FlightKey,
        purpose: FlightPurpose,
        tags: [String],
        priority: UInt8,
        joinDeadline: CacheInstant,
        joinAge: Duration,
        tagSequence: Int
    ) {
        self.id = id
        self.key = key
        self.purpose = purpose
        self.tags = tags
        self.priority = priority
        self.joinDeadline = joinDeadline
        self.joinAge = joinAge
        self.tagSequence = tagSequence
        needsCallers = purpose != .renewal
    }
}

/// The number of a flight, unique in the process.
package struct FlightID: RawRepresentable, Hashable, Comparable, Sendable, AtomicRepresentable {
    package let rawValue: UInt64

    package init(rawValue: UInt64) { self.rawValue = rawValue }

    /// The number of no flight.
    static let none = FlightID(rawValue: 0)

    package static func < (left: FlightID, right: FlightID) -> Bool { left.rawValue < right.rawValue }
}

/// The reason why a flight began.
@usableFromInline
package enum FlightPurpose: Sendable {
    /// A caller missed.
    case call
    /// A caller wants a new value, whatever is stored.
    case refresh
    /// A stale value is to be renewed in the background.
    case renewal
}

/// A value past its lifetime, and since when it is.
package struct StaleAnswer: Sendable {
    package let value: StoredValue
    package let since: CacheInstant

    package init(value: StoredValue, since: CacheInstant) {
        self.value = value
        self.since = since
    }
}

/// A load that asks for another value.
package struct ParentLoad: Sendable {
    package let flight: FlightID
    package let key: String

    package init(flight: FlightID, key: String) {
        self.flight = flight
        self.key = key
    }
}

/// A caller that waits for a flight.
package struct FlightCaller<Waiter> {
    package let id: WaiterID
    package let waiter: Waiter
    /// The load that is asking, if it is one.
    package let parent: ParentLoad?

    /// The raw value of a `TaskPriority`, whose size the compiler does not know: with one in it, every copy of a caller
    /// would go through its metadata.
    package let priority: UInt8

    /// The time past its lifetime within which a value answers this caller at once, in nanoseconds.
    package let acceptedStaleness: Int64

    package init(id: WaiterID, waiter: Waiter, parent: ParentLoad?, priority: UInt8, acceptedStaleness: Int64 = 0) {
        self.id = id
        self.waiter = waiter
        self.parent = parent
        self.priority = priority
        self.acceptedStaleness = acceptedStaleness
    }
}

extension FlightCaller: Sendable where Waiter: Sendable {}
