// SPDX-License-Identifier: Apache-2.0

/// The load of a key and the callers that wait for it, in ``SingleFlightStateMachine``.
///
/// It is an object, so that a caller joins it with one lookup and no copy. Only the state machine uses it, under the lock
/// of ``SingleFlight``. Properties that every joiner changes are therefore not checked for overlapping accesses, which
/// would cost a read of thread-local storage each.
final class Flight<Waiter> {
    enum Phase {
        /// It is a refresh that begins when the flight before it ends.
        case waiting
        /// It reads the cache.
        case reading
        case loading
        case storing
    }

    let id: FlightID
    let key: FlightKey
    let purpose: FlightPurpose

    /// The time after which callers do not join any more, because the load may hang.
    let joinDeadline: CacheInstant

    /// The time from the beginning of the flight to ``joinDeadline``.
    let joinAge: Duration

    /// The number of invalidations by tag before the flight began.
    let tagSequence: Int

    /// The known tags; the load may add some.
    var tags: [String]

    /// The priority of the load, which is the highest of its callers.
    @exclusivity(unchecked) var priority: UInt8
    @exclusivity(unchecked) var callers = FlightCallers<Waiter>()
    @exclusivity(unchecked) var joiners = 0
    var phase = Phase.reading

    /// Whether the load is cancelled when its last caller leaves; false for renewals and claims.
    var needsCallers: Bool

    /// Whether a change superseded the flight, so that no caller joins it and its value is not stored.
    var isSuperseded = false

    /// Whether a change came while the flight stored, so that no caller joins it.
    var isClosed = false

    /// Whether the value may be stored; false when the flight began during a change of its key.
    var mayStore = true

    /// The stale value that answers callers that accept one, while the load renews it.
    var stale: StaleAnswer?

    /// An earlier flight of the key that no caller joins any more and that may still store.
    var older: Flight?

    /// The refresh that waits for the end of this flight, and the flight that this refresh waits for.
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
package struct FlightID: RawRepresentable, Hashable, Comparable, Sendable {
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
    /// A caller asked for a new value.
    case refresh
    /// A stale value is renewed in the background.
    case renewal
}

/// A value past its lifetime, and the end of that lifetime.
package struct StaleAnswer: Sendable {
    package let value: StoredValue
    package let since: CacheInstant

    package init(value: StoredValue, since: CacheInstant) {
        self.value = value
        self.since = since
    }
}

/// A load that waits for another load.
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
    /// The load that the caller is part of; nil when it is none.
    package let parent: ParentLoad?

    /// The raw value of a `TaskPriority`.
    ///
    /// The compiler does not know the size of that type, so that every copy of a caller
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
