// SPDX-License-Identifier: Apache-2.0

/// Decides who loads, who waits, and what becomes of a loaded value: at most one load per key at a time.
///
/// It is pure: no tasks, no time, no lock. Its owner performs what the methods return. A flight goes from *loading* to
/// *storing* to gone; it can be *superseded* while it loads, after which nobody joins it and its value is not stored.
package struct SingleFlightStateMachine<Waiter> {
    package typealias FlightID = UInt64
    package typealias WaiterID = UInt64

    private struct Flight {
        let key: FlightKey
        let knownTags: [String]
        /// Background loads go on without anybody waiting.
        let needsWaiters: Bool
        /// In no order.
        ///
        /// An array, because joining is frequent and leaving is not.
        var waiters: [(id: WaiterID, waiter: Waiter, parent: FlightID?)] = []
        var joiners = 0
        var isStoring = false
        var isSuperseded = false
        /// Tags that were invalidated while it loads; a load may add tags only when it is done.
        var invalidatedTags: Set<String> = []
        /// The flights that this one's load waits for, and how often.
        var blockedOn: [FlightID: Int] = [:]
        var storeObservers: [Waiter] = []
    }

    package enum JoinAction {
        /// Start the load. When `mustLookAgain`, another flight ended since the caller looked for the value.
        case lead(FlightID, mustLookAgain: Bool)
        /// Wait for the load in flight.
        case follow(FlightID)
        /// Waiting would never end: the keys of the loads that wait for each other.
        case recursive([String])
    }

    package enum LeaveAction: Equatable {
        case none
        /// The last waiter left: cancel the load.
        case cancelLoad(FlightID)
    }

    private var flights: [FlightID: Flight] = [:]
    private var current: [FlightKey: FlightID] = [:]
    private var nextID: FlightID = 0

    package init() {}

    /// How many flights ended so far.
    ///
    /// Who looks for a value notes it first, so that a value that was stored between looking and joining is not loaded
    /// again.
    package private(set) var completions: UInt64 = 0

    /// How many flights there are.
    package var count: Int { flights.count }

    /// Joins the flight of a key, or begins one.
    ///
    /// `parent` is the flight whose load is asking, if any; `ticket` is ``completions`` before the caller looked for
    /// the value, nil when it must always look again.
    package mutating func join(
        _ key: FlightKey,
        tags: [String],
        waiterID: WaiterID,
        waiter: Waiter,
        parent: FlightID?,
        ticket: UInt64?
    ) -> JoinAction {
        if let id = current[key] {
            if let parent, let chain = path(from: id, to: parent) { return .recursive(chain) }
            add(waiterID, waiter, parent, to: id)
            flights[id]?.joiners += 1
            return .follow(id)
        }
        let id = begin(key, tags: tags, needsWaiters: true)
        add(waiterID, waiter, parent, to: id)
        return .lead(id, mustLookAgain: ticket != completions)
    }

    /// Begins a flight that nobody waits for, unless there is one for the key.
    package mutating func launch(_ key: FlightKey, tags: [String]) -> FlightID? {
        current[key] == nil ? begin(key, tags: tags, needsWaiters: false) : nil
    }

    /// Removes a waiter that was cancelled; returns it with what is to be done, or nil when it is not waiting (any more).
    package mutating func leave(_ waiterID: WaiterID, key: FlightKey) -> (waiter: Waiter, action: LeaveAction)? {
        let isWaiting = { (flights: [FlightID: Flight], id: FlightID) in
            flights[id]?.waiters.contains { $0.id == waiterID } == true
        }
        let id: FlightID? =
            if let id = current[key], isWaiting(flights, id) { id } else {
                // Its flight was superseded: rare enough to search for.
                flights.keys.first { isWaiting(flights, $0) }
            }
        guard let id, let index = flights[id]?.waiters.firstIndex(where: { $0.id == waiterID }),
            let last = flights[id]?.waiters.popLast()
        else { return nil }
        var entry = last
        if let waiters = flights[id]?.waiters, index < waiters.count {
            entry = waiters[index]
            flights[id]?.waiters[index] = last
        }
        unblock(entry.parent, from: id)
        guard let flight = flights[id], flight.needsWaiters, flight.waiters.isEmpty, !flight.isStoring else {
            return (entry.waiter, .none)
        }
        supersede(id)
        return (entry.waiter, .cancelLoad(id))
    }

    /// Whether a flight goes on although nobody waits for it any more.
    package func isAbandoned(_ id: FlightID) -> Bool {
        guard let flight = flights[id] else { return true }
        return flight.needsWaiters && flight.waiters.isEmpty
    }

    /// The load returned: true when its value is to be stored, false when it was superseded.
    package mutating func beginStoring(_ id: FlightID, tags: [String]) -> Bool {
        guard let flight = flights[id], !flight.isSuperseded, flight.invalidatedTags.isDisjoint(with: tags) else {
            return false
        }
        flights[id]?.isStoring = true
        return true
    }

    /// The flight is over: who waits for its value, who waits for its end, and how many joined it.
    package mutating func finish(_ id: FlightID) -> (waiters: [Waiter], storeObservers: [Waiter], joiners: Int) {
        guard let flight = flights.removeValue(forKey: id) else { return ([], [], 0) }
        if current[flight.key] == id { current[flight.key] = nil }
        completions += 1
        for entry in flight.waiters { unblock(entry.parent, from: id) }
        return (flight.waiters.map(\.waiter), flight.storeObservers, flight.joiners)
    }

    /// A key was set or invalidated: its flight must not store, and nobody may join it.
    ///
    /// - Returns: The flight that is storing right now and has to be waited for, if any.
    package mutating func supersede(_ key: FlightKey) -> [FlightID] {
        current[key].map { supersedeOrAwait([$0]) } ?? []
    }

    /// All keys that match were invalidated.
    package mutating func supersede(where isMatch: (FlightKey) -> Bool) -> [FlightID] {
        supersedeOrAwait(current.filter { isMatch($0.key) }.map(\.value))
    }

    /// A tag was invalidated in a cache.
    package mutating func supersede(tag: String, in cache: Int) -> [FlightID] {
        var storing: [FlightID] = []
        for (id, flight) in flights where flight.key.cache == cache {
            flights[id]?.invalidatedTags.insert(tag)
            if flight.isStoring { storing.append(id) } else if flight.knownTags.contains(tag) { supersede(id) }
        }
        return storing
    }

    /// Adds somebody who waits until a flight has stored; false when it is over.
    package mutating func observeStore(of id: FlightID, by observer: Waiter) -> Bool {
        guard flights[id] != nil else { return false }
        flights[id]?.storeObservers.append(observer)
        return true
    }

    /// The manager shuts down: every waiter, and every load to cancel.
    package mutating func abandonAll() -> (waiters: [Waiter], loads: [FlightID]) {
        let ids = Array(flights.keys)
        var waiters: [Waiter] = []
        for id in ids {
            waiters += (flights[id]?.waiters.map(\.waiter) ?? [])
            flights[id]?.waiters = []
            supersede(id)
        }
        return (waiters, ids)
    }

    private mutating func begin(_ key: FlightKey, tags: [String], needsWaiters: Bool) -> FlightID {
        nextID += 1
        flights[nextID] = Flight(key: key, knownTags: tags, needsWaiters: needsWaiters)
        current[key] = nextID
        return nextID
    }

    private mutating func add(_ waiterID: WaiterID, _ waiter: Waiter, _ parent: FlightID?, to id: FlightID) {
        flights[id]?.waiters.append((waiterID, waiter, parent))
        if let parent { flights[parent]?.blockedOn[id, default: 0] += 1 }
    }

    private mutating func unblock(_ parent: FlightID?, from id: FlightID) {
        guard let parent, let count = flights[parent]?.blockedOn[id] else { return }
        flights[parent]?.blockedOn[id] = count > 1 ? count - 1 : nil
    }

    private mutating func supersede(_ id: FlightID) {
        flights[id]?.isSuperseded = true
        if let key = flights[id]?.key, current[key] == id { current[key] = nil }
    }

    private mutating func supersedeOrAwait(_ ids: [FlightID]) -> [FlightID] {
        ids.filter { id in
            // What is being stored already cannot be held back any more; the caller waits and removes it then.
            if flights[id]?.isStoring == true { return true }
            supersede(id)
            return false
        }
    }

    /// The keys along which one flight waits for another, or nil when it does not.
    private func path(from start: FlightID, to goal: FlightID) -> [String]? {
        var visited: Set<FlightID> = []
        func search(_ id: FlightID) -> [String]? {
            guard visited.insert(id).inserted, let flight = flights[id] else { return nil }
            if id == goal { return [flight.key.key] }
            for next in flight.blockedOn.keys {
                if let rest = search(next) { return [flight.key.key] + rest }
            }
            return nil
        }
        return search(start)
    }
}
