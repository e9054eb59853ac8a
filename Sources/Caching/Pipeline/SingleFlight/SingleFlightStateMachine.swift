// SPDX-License-Identifier: Apache-2.0

/// Decides who loads, who waits, and what becomes of a loaded value: at most one load per key at a time.
///
/// It is pure: no tasks, no time, no lock. Its owner performs what the methods return. A flight goes from *loading* to
/// *storing* to gone; it can be *superseded* while it loads, after which nobody joins it and its value is not stored.
package struct SingleFlightStateMachine<Waiter>: ~Copyable {
    package typealias FlightID = UInt64
    package typealias WaiterID = UInt64
    package typealias Caller = FlightCaller<Waiter>

    package enum JoinAction: Equatable, Sendable {
        /// Start the load. When `mustLookAgain`, another flight ended since the caller looked for the value.
        case lead(FlightID, mustLookAgain: Bool)
        /// Wait for the load in flight, and raise its priority to that of the caller if so.
        case follow(FlightID, raisesPriority: Bool)
        /// Waiting would never end: the keys of the loads that wait for each other.
        case recursive([String])
    }

    package enum LeaveAction: Equatable, Sendable {
        case none
        /// The last waiter left: cancel the load.
        case cancelLoad(FlightID)
    }

    private var flights: [FlightID: Flight<Waiter>] = [:]
    private var current = FlightTable<Waiter>()
    private var nextID: FlightID = 0

    package init() {}

    /// How many flights ended so far.
    ///
    /// Who looks for a value notes it first, so that a value that was stored between looking and joining is not loaded
    /// again.
    package private(set) var completions: UInt64 = 0

    /// How many flights there are.
    package var count: Int { flights.count }

    /// Joins the flight of a key; nil when there is none.
    package mutating func follow(_ key: FlightKey, by caller: Caller) -> JoinAction? {
        guard let flight = current.find(key) else { return nil }
        if let parent = caller.parent, let chain = path(from: flight.id, to: parent) { return .recursive(chain) }
        add(caller, to: flight)
        flight.joiners += 1
        guard flight.priority < caller.priority else { return .follow(flight.id, raisesPriority: false) }
        flight.priority = caller.priority
        return .follow(flight.id, raisesPriority: true)
    }

    /// Joins the flight of a key, or begins one.
    ///
    /// `ticket` is ``completions`` before the caller looked for the value, nil when it must always look again.
    package mutating func join(_ key: FlightKey, by caller: Caller, tags: [String], ticket: UInt64?) -> JoinAction {
        if let action = follow(key, by: caller) { return action }
        let flight = begin(key, tags: tags, priority: caller.priority, needsWaiters: true)
        add(caller, to: flight)
        return .lead(flight.id, mustLookAgain: ticket != completions)
    }

    /// Begins a flight that nobody waits for, unless there is one for the key.
    package mutating func launch(_ key: FlightKey, tags: [String], priority: UInt8) -> FlightID? {
        guard current.find(key) == nil else { return nil }
        return begin(key, tags: tags, priority: priority, needsWaiters: false).id
    }

    /// Removes a waiter that was cancelled; returns it with what is to be done, or nil when it is not waiting (any more).
    package mutating func leave(_ waiterID: WaiterID, key: FlightKey) -> (waiter: Waiter, action: LeaveAction)? {
        guard let (flight, caller) = remove(waiterID, key: key) else { return nil }
        unblock(caller.parent, from: flight.id)
        guard flight.needsWaiters, flight.callers.all.isEmpty, !flight.isStoring else { return (caller.waiter, .none) }
        supersede(flight)
        return (caller.waiter, .cancelLoad(flight.id))
    }

    /// What the priority of a load has to be; nil when its flight goes on although nobody waits for it any more.
    package func priority(of id: FlightID) -> UInt8? {
        guard let flight = flights[id], !flight.needsWaiters || !flight.callers.all.isEmpty else { return nil }
        return flight.priority
    }

    /// The load returned: true when its value is to be stored, false when it was superseded.
    package mutating func beginStoring(_ id: FlightID, tags: [String]) -> Bool {
        guard let flight = flights[id], !flight.isSuperseded, flight.invalidatedTags.isDisjoint(with: tags) else {
            return false
        }
        flight.isStoring = true
        return true
    }

    /// The flight is over: who waits for its value, who waits for its end, and how many joined it.
    package mutating func finish(_ id: FlightID) -> (callers: [Caller], storeObservers: [Waiter], joiners: Int) {
        guard let flight = flights.removeValue(forKey: id) else { return ([], [], 0) }
        current.remove(flight)
        completions += 1
        for caller in flight.callers.all { unblock(caller.parent, from: id) }
        return (flight.callers.all, flight.storeObservers, flight.joiners)
    }

    /// A key was set or invalidated: its flight must not store, and nobody may join it.
    ///
    /// - Returns: The flight that is storing right now and has to be waited for, if any.
    package mutating func supersede(_ key: FlightKey) -> [FlightID] {
        current.find(key).map { supersedeOrAwait([$0]) } ?? []
    }

    /// All keys that match were invalidated.
    package mutating func supersede(where isMatch: (FlightKey) -> Bool) -> [FlightID] {
        supersedeOrAwait(current.all(where: isMatch))
    }

    /// A tag was invalidated in a cache.
    package mutating func supersede(tag: String, in cache: Int) -> [FlightID] {
        var storing: [FlightID] = []
        for (id, flight) in flights where flight.key.cache == cache {
            flight.invalidatedTags.insert(tag)
            if flight.isStoring { storing.append(id) } else if flight.knownTags.contains(tag) { supersede(flight) }
        }
        return storing
    }

    /// Adds somebody who waits until a flight has stored; false when it is over.
    package mutating func observeStore(of id: FlightID, by observer: Waiter) -> Bool {
        guard let flight = flights[id] else { return false }
        flight.storeObservers.append(observer)
        return true
    }

    /// The manager shuts down: every waiter, and every load to cancel.
    package mutating func abandonAll() -> (waiters: [Waiter], loads: [FlightID]) {
        var waiters: [Waiter] = []
        for flight in flights.values {
            waiters += flight.callers.all.map(\.waiter)
            flight.callers = FlightCallers()
            supersede(flight)
        }
        return (waiters, Array(flights.keys))
    }

    private mutating func begin(
        _ key: FlightKey,
        tags: [String],
        priority: UInt8,
        needsWaiters: Bool
    ) -> Flight<Waiter> {
        nextID += 1
        let flight = Flight<Waiter>(id: nextID, key: key, tags: tags, priority: priority, needsWaiters: needsWaiters)
        flights[nextID] = flight
        current.insert(flight)
        return flight
    }

    private mutating func add(_ caller: Caller, to flight: Flight<Waiter>) {
        flight.callers.add(caller)
        if let parent = caller.parent { flights[parent]?.blockedOn[flight.id, default: 0] += 1 }
    }

    private mutating func remove(_ waiterID: WaiterID, key: FlightKey) -> (Flight<Waiter>, Caller)? {
        if let flight = current.find(key), let caller = flight.callers.remove(waiterID) { return (flight, caller) }
        // Its flight was superseded: rare enough to search for.
        for flight in flights.values where flight.isSuperseded {
            if let caller = flight.callers.remove(waiterID) { return (flight, caller) }
        }
        return nil
    }

    private mutating func unblock(_ parent: FlightID?, from id: FlightID) {
        guard let parent, let flight = flights[parent], let count = flight.blockedOn[id] else { return }
        flight.blockedOn[id] = count > 1 ? count - 1 : nil
    }

    private mutating func supersede(_ flight: Flight<Waiter>) {
        flight.isSuperseded = true
        current.remove(flight)
    }

    private mutating func supersedeOrAwait(_ flights: [Flight<Waiter>]) -> [FlightID] {
        var storing: [FlightID] = []
        for flight in flights {
            // What is being stored already cannot be held back any more; the caller waits and removes it then.
            if flight.isStoring { storing.append(flight.id) } else { supersede(flight) }
        }
        return storing
    }

    /// The keys along which one flight waits for another, or nil when it does not.
    private func path(from start: FlightID, to goal: FlightID) -> [String]? {
        var visited: Set<FlightID> = []
        return path(from: start, to: goal, &visited)
    }

    private func path(from id: FlightID, to goal: FlightID, _ visited: inout Set<FlightID>) -> [String]? {
        guard visited.insert(id).inserted, let flight = flights[id] else { return nil }
        if id == goal { return [flight.key.key] }
        for next in flight.blockedOn.keys {
            if let rest = path(from: next, to: goal, &visited) { return [flight.key.key] + rest }
        }
        return nil
    }
}
