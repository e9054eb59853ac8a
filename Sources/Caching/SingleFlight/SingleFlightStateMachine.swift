// SPDX-License-Identifier: Apache-2.0

/// The state machine of loads and their callers, which allows at most one joinable flight per key.
///
/// It is pure: it has no task, clock or lock, and ``SingleFlight`` performs the actions that its methods return. A flight
/// reads, loads, stores and ends. A change can *supersede* it while it reads or loads; after that, no caller joins it and
/// its value is not stored. Changes are in `SingleFlightStateMachine+Changes.swift`.
package struct SingleFlightStateMachine<Waiter>: ~Copyable {
    package typealias Caller = FlightCaller<Waiter>

    package enum JoinAction: Sendable {
        /// The caller starts the load.
        case lead(FlightID)
        /// The caller waits for the flight, whose priority rises to that of the caller if `raisesPriority`.
        ///
        /// Unless `isLoading`, the flight still reads the cache.
        case follow(FlightID, raisesPriority: Bool, isLoading: Bool)
        /// The caller keeps the load until the flight is promoted, when the one before it ends.
        case wait(FlightID)
        /// The caller is resumed with a stale value that is being renewed.
        case answer(StoredValue)
        /// The caller would wait for itself; the keys are those of the loads on the way.
        case recursive([String])
    }

    package enum LeaveAction: Equatable, Sendable {
        case none
        /// The last caller left, so the load is cancelled.
        case cancelLoad(FlightID)
        /// The last caller left before the load began.
        case forget(FlightID)
    }

    /// A caller that left.
    package struct Left {
        package let waiter: Waiter
        /// Whether the caller is a load itself.
        package let isNested: Bool
        package let action: LeaveAction
        /// The refreshes that start, because the flight before them was superseded.
        package var promoted: [FlightID] = []

        init(_ caller: Caller, action: LeaveAction, promoted: [FlightID] = []) {
            waiter = caller.waiter
            isNested = caller.parent != nil
            self.action = action
            self.promoted = promoted
        }
    }

    /// The consequences of superseding flights.
    package struct Superseded: Equatable, Sendable {
        /// The flights that are storing, which cannot be stopped.
        package var storing: [FlightID] = []
        /// The refreshes that are to start, because the one before them counts no more.
        package var promoted: [FlightID] = []
    }

    /// The end of a flight.
    package struct End {
        package var callers: [Caller] = []
        /// The observers that wait until the flight has stored.
        package var storeObservers: [Waiter] = []
        /// The number of callers that joined the flight.
        package var joiners = 0
        /// The refresh that starts now.
        package var promoted: FlightID?
        /// The stale value of the flight, released outside of the lock, because the `deinit` of a value is code of a user.
        package var stale: StaleAnswer?
    }

    let joinAge: Duration
    let graph: LoadGraph
    var flights: [FlightID: Flight<Waiter>] = [:]
    var table = FlightTable<Waiter>()
    var tagged: [FlightTag: Set<FlightID>] = [:]
    var tagInvalidations = TagInvalidations()
    var changes: [UInt64: ChangeTarget] = [:]
    var lastChange: UInt64 = 0
    private var lastID: FlightID

    /// Creates a machine.
    ///
    /// - Parameters:
    ///   - joinAge: The age up to which a flight can be joined, doubled for each further flight of the key that is too slow.
    ///   - graph: The graph of loads that wait for other loads.
    ///   - firstID: The first of the numbers of flights, which no other machine with the same graph uses.
    package init(joinAge: Duration = .seconds(30), graph: LoadGraph = LoadGraph(), firstID: FlightID = .none) {
        self.joinAge = joinAge
        self.graph = graph
        lastID = firstID
    }

    /// The number of flights.
    package var count: Int { flights.count }

    /// Joins the flight of a key; nil when there is none that can be joined.
    package mutating func follow(_ key: FlightKey, by caller: Caller, now: CacheInstant) -> JoinAction? {
        guard let flight = joinable(key, now) else { return nil }
        if let stale = flight.stale, caller.acceptedStaleness > 0,
            stale.since.duration(to: now) < .nanoseconds(caller.acceptedStaleness)
        {
            return .answer(stale.value)
        }
        return join(flight, caller)
    }

    /// Joins the flight of a key, or begins one.
    package mutating func join(
        _ key: FlightKey,
        by caller: Caller,
        tags: [String],
        now: CacheInstant
    ) -> JoinAction {
        if let action = follow(key, by: caller, now: now) { return action }
        let flight = begin(key, .call, tags: tags, priority: caller.priority, now: now)
        return lead(flight, caller)
    }

    /// Begins a refresh, or joins one that has not begun to load.
    ///
    /// At most one refresh of a key runs and one waits. A refresh that runs may have read the source before the call, so the
    /// caller gets the value of the next.
    package mutating func refresh(
        _ key: FlightKey,
        by caller: Caller,
        tags: [String],
        now: CacheInstant
    ) -> (action: JoinAction, promoted: [FlightID]) {
        var superseded = Superseded()
        if let running = table.find(key) {
            let isRefreshing = running.purpose == .refresh && now < running.joinDeadline
            if isRefreshing || running.phase == .storing {
                if let next = running.successor { return (join(next, caller), []) }
                let next = make(key, .refresh, tags: tags, priority: caller.priority, now: now)
                next.phase = .waiting
                if let action = block(caller, on: next) { return (action, []) }
                flights[next.id] = next
                next.callers.add(caller)
                next.predecessor = running
                running.successor = next
                // A flight that waits for a flight is an edge of the graph too.
                _ = graph.block(ParentLoad(flight: next.id, key: key.key), on: running.id, key: key.key)
                return (.wait(next.id), [])
            }
            for flight in table.all(key) { supersede(flight, &superseded) }
            // A refresh that waited for a hanging load was promoted just now.
            if let next = table.find(key), superseded.promoted.contains(next.id) {
                return (join(next, caller), superseded.promoted)
            }
        }
        let flight = begin(key, .refresh, tags: tags, priority: caller.priority, now: now)
        return (lead(flight, caller), superseded.promoted)
    }

    /// Begins a renewal, unless a flight of the key can be joined.
    package mutating func launch(
        _ key: FlightKey,
        tags: [String],
        priority: UInt8,
        stale: StaleAnswer? = nil,
        now: CacheInstant
    ) -> FlightID? {
        guard joinable(key, now) == nil else { return nil }
        let flight = begin(key, .renewal, tags: tags, priority: priority, now: now)
        flight.stale = stale
        return flight.id
    }

    /// Removes a cancelled caller; nil when it does not wait.
    package mutating func leave(_ waiterID: WaiterID, flight id: FlightID) -> Left? {
        guard let flight = flights[id], let caller = flight.callers.remove(waiterID) else { return nil }
        unblock(caller, from: id)
        guard flight.needsCallers, flight.callers.all.isEmpty, flight.phase != .storing else {
            return Left(caller, action: .none)
        }
        if flight.phase == .waiting {
            flight.predecessor?.successor = nil
            forget(flight)
            return Left(caller, action: .forget(id))
        }
        var superseded = Superseded()
        supersede(flight, &superseded)
        return Left(caller, action: .cancelLoad(id), promoted: superseded.promoted)
    }

    /// Removes a caller that loads the value itself; nil when it has left.
    ///
    /// The flight goes on without callers.
    package mutating func grant(_ id: FlightID, to waiterID: WaiterID) -> Waiter? {
        guard let flight = flights[id], let caller = flight.callers.remove(waiterID) else { return nil }
        unblock(caller, from: id)
        flight.needsCallers = false
        return caller.waiter
    }

    /// Returns the priority of a load; nil when its flight has ended or has no caller that it needs.
    package func priority(of id: FlightID) -> UInt8? {
        guard let flight = flights[id], !flight.needsCallers || !flight.callers.all.isEmpty else { return nil }
        return flight.priority
    }

    /// Returns whether a flight has not ended.
    package func contains(_ id: FlightID) -> Bool { flights[id] != nil }

    /// Begins the load of a flight, because the value is not stored.
    ///
    /// - Returns: The number of callers that wait.
    package mutating func beginLoading(_ id: FlightID) -> Int {
        guard let flight = flights[id] else { return 0 }
        flight.phase = .loading
        return flight.callers.all.count
    }

    /// Removes the callers that accept a stale value.
    ///
    /// The load goes on in the background if `isRenewed`. Otherwise it goes on for the other callers; without any, the
    /// flight is over.
    ///
    /// - Returns: The callers to resume with the value, and whether the flight is over; nil when it is superseded, so that
    ///   the stale value must not be used.
    package mutating func answer(
        _ id: FlightID,
        with stale: StaleAnswer,
        isRenewed: Bool,
        now: CacheInstant
    ) -> (callers: [Caller], isOver: Bool)? {
        guard let flight = flights[id], !flight.isSuperseded, !flight.isClosed else { return nil }
        let age = stale.since.duration(to: now)
        let answered = flight.callers.removeAll { .nanoseconds($0.acceptedStaleness) > age }
        for caller in answered { unblock(caller, from: id) }
        if isRenewed {
            flight.stale = stale
            flight.needsCallers = false
            return (answered, false)
        }
        guard flight.callers.all.isEmpty, flight.successor == nil else { return (answered, false) }
        forget(flight)
        return (answered, true)
    }

    /// Begins to store the value of a flight; nil when it must not be stored.
    ///
    /// - Returns: The earlier flights of the key that are storing, to be waited for first.
    package mutating func beginStoring(_ id: FlightID) -> [FlightID]? {
        guard let flight = flights[id], !flight.isSuperseded, flight.mayStore else { return nil }
        flight.phase = .storing
        // Earlier flights must not store over the value.
        var superseded = Superseded()
        var older = flight.older
        while let next = older {
            older = next.older
            supersede(next, &superseded)
        }
        return superseded.storing
    }

    /// Ends a flight.
    package mutating func finish(_ id: FlightID) -> End {
        guard let flight = flights[id] else { return End() }
        forget(flight)
        for caller in flight.callers.all { unblock(caller, from: id) }
        return End(
            callers: flight.callers.all,
            storeObservers: flight.storeObservers,
            joiners: flight.joiners,
            promoted: promote(flight.successor),
            stale: flight.stale.take()
        )
    }

    /// Ends all waits.
    ///
    /// - Returns: The waiters to resume, and the loads to cancel.
    package mutating func abandonAll() -> (waiters: [Waiter], loads: [FlightID]) {
        var waiters: [Waiter] = []
        for flight in flights.values {
            waiters += flight.callers.all.map(\.waiter) + flight.storeObservers
            for caller in flight.callers.all { unblock(caller, from: flight.id) }
            flight.callers = FlightCallers()
            flight.storeObservers = []
            flight.isSuperseded = true
            table.remove(flight)
        }
        return (waiters, Array(flights.keys))
    }

    private mutating func joinable(_ key: FlightKey, _ now: CacheInstant) -> Flight<Waiter>? {
        guard let flight = table.find(key), !flight.isClosed, now < flight.joinDeadline else { return nil }
        return flight
    }

    private mutating func lead(_ flight: Flight<Waiter>, _ caller: Caller) -> JoinAction {
        flight.callers.add(caller)
        if let parent = caller.parent { _ = graph.block(parent, on: flight.id, key: flight.key.key) }
        return .lead(flight.id)
    }

    private mutating func join(_ flight: Flight<Waiter>, _ caller: Caller) -> JoinAction {
        if let action = block(caller, on: flight) { return action }
        flight.callers.add(caller)
        flight.joiners += 1
        let raises = flight.priority < caller.priority
        if raises { flight.priority = caller.priority }
        return .follow(flight.id, raisesPriority: raises, isLoading: flight.phase != .reading)
    }

    private func block(_ caller: Caller, on flight: Flight<Waiter>) -> JoinAction? {
        guard let parent = caller.parent else { return nil }
        return graph.block(parent, on: flight.id, key: flight.key.key).map(JoinAction.recursive)
    }

    private func unblock(_ caller: Caller, from id: FlightID) {
        if let parent = caller.parent { graph.unblock(parent.flight, from: id) }
    }

    private mutating func begin(
        _ key: FlightKey,
        _ purpose: FlightPurpose,
        tags: [String],
        priority: UInt8,
        now: CacheInstant
    ) -> Flight<Waiter> {
        let flight = make(key, purpose, tags: tags, priority: priority, now: now)
        // A refresh does not read the cache, so a caller that joins it has missed.
        if purpose == .refresh { flight.phase = .loading }
        flights[flight.id] = flight
        enter(flight)
        return flight
    }

    private mutating func make(
        _ key: FlightKey,
        _ purpose: FlightPurpose,
        tags: [String],
        priority: UInt8,
        now: CacheInstant
    ) -> Flight<Waiter> {
        lastID = FlightID(rawValue: lastID.rawValue + 1)
        // After a load that is too slow, the next one can be joined for twice as long, so that hanging loads do not pile
        // up.
        let previous = table.find(key).map { min($0.joinAge * 2, .seconds(86_400)) }
        let age = previous ?? joinAge
        return Flight(
            id: lastID,
            key: key,
            purpose: purpose,
            tags: tags,
            priority: priority,
            joinDeadline: now.advanced(by: age),
            joinAge: age,
            tagSequence: tagInvalidations.count
        )
    }

    private mutating func enter(_ flight: Flight<Waiter>) {
        table.push(flight)
        for tag in flight.tags { tagged[FlightTag(flight.key.cache, tag), default: []].insert(flight.id) }
        if !changes.isEmpty { flight.mayStore = !changes.values.contains { $0.matches(flight.key, tags: flight.tags) } }
    }

    private mutating func forget(_ flight: Flight<Waiter>) {
        flights[flight.id] = nil
        leaveTable(flight)
    }

    private mutating func leaveTable(_ flight: Flight<Waiter>) {
        table.remove(flight)
        for tag in flight.tags {
            let tag = FlightTag(flight.key.cache, tag)
            tagged[tag]?.remove(flight.id)
            if tagged[tag]?.isEmpty == true { tagged[tag] = nil }
        }
    }

    /// Promotes a refresh that waited for another flight.
    private mutating func promote(_ flight: Flight<Waiter>?) -> FlightID? {
        guard let flight else { return nil }
        if let predecessor = flight.predecessor {
            predecessor.successor = nil
            graph.unblock(flight.id, from: predecessor.id)
        }
        flight.predecessor = nil
        flight.phase = .loading
        enter(flight)
        return flight.id
    }

    mutating func supersede(_ flight: Flight<Waiter>, _ result: inout Superseded) {
        if flight.phase == .storing {
            flight.isClosed = true
            result.storing.append(flight.id)
            return
        }
        flight.isSuperseded = true
        leaveTable(flight)
        if let promoted = promote(flight.successor) { result.promoted.append(promoted) }
    }
}
