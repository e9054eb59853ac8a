// SPDX-License-Identifier: Apache-2.0

/// Decides who loads, who waits, and what becomes of a loaded value: at most one load per key that can be joined.
///
/// It is pure: no tasks, no clock, no lock. Its owner performs what the methods return. A flight reads, loads, stores,
/// and is gone; it can be *superseded* while it reads or loads, after which nobody joins it and its value is not stored.
/// Changes are in `SingleFlightStateMachine+Changes.swift`.
package struct SingleFlightStateMachine<Waiter>: ~Copyable {
    package typealias Caller = FlightCaller<Waiter>

    package enum JoinAction: Sendable {
        /// Start the load.
        case lead(FlightID)
        /// Wait for the load in flight, and raise its priority to that of the caller if so.
        ///
        /// When not `isLoading`, it is not known yet whether the value is stored.
        case follow(FlightID, raisesPriority: Bool, isLoading: Bool)
        /// Keep the load until the flight is promoted: it begins when the one before it has ended.
        case wait(FlightID)
        /// Answer with a stale value, which is being renewed.
        case answer(StoredValue)
        /// Waiting would never end: the keys of the loads that wait for each other.
        case recursive([String])
    }

    package enum LeaveAction: Equatable, Sendable {
        case none
        /// The last caller left: cancel the load.
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
        /// The refreshes that are to start, because the one before them counts no more.
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
        /// The flights that are storing right now, which cannot be held back.
        package var storing: [FlightID] = []
        /// The refreshes that are to start, because the one before them counts no more.
        package var promoted: [FlightID] = []
    }

    /// The end of a flight.
    package struct End {
        package var callers: [Caller] = []
        /// Those that wait until it has stored.
        package var storeObservers: [Waiter] = []
        /// The number of callers that joined it.
        package var joiners = 0
        /// The refresh that is to start now.
        package var promoted: FlightID?
        /// The stale value of the flight, to be freed outside of the lock: a value's `deinit` is a user's code.
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
    ///   - joinAge: How long a load can be joined; the next one of its key twice as long if it takes too long as well.
    ///   - graph: Which loads of the process wait for which.
    ///   - firstID: A number that no other machine with the same graph gives out, nor any that follow.
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

    /// Begins a load whatever is stored, or joins one that has not begun yet.
    ///
    /// However many callers want a refresh, one load runs and one waits: a load that runs already may be older than the
    /// call, so the caller gets the value of the next.
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
                // The wait of one flight for another, so that loads that wait for each other this way are found too.
                _ = graph.block(ParentLoad(flight: next.id, key: key.key), on: running.id, key: key.key)
                return (.wait(next.id), [])
            }
            for flight in table.all(key) { supersede(flight, &superseded) }
            // A refresh that waited for a load that hangs has begun just now.
            if let next = table.find(key), superseded.promoted.contains(next.id) {
                return (join(next, caller), superseded.promoted)
            }
        }
        let flight = begin(key, .refresh, tags: tags, priority: caller.priority, now: now)
        return (lead(flight, caller), superseded.promoted)
    }

    /// Begins a flight that nobody waits for, unless there is one for the key.
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

    /// Removes a caller that was cancelled; returns it with what is to be done, or nil when it is not waiting (any more).
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

    /// Takes out a caller that is to load the value itself; nil when it has left.
    ///
    /// The flight goes on although no other caller waits for it.
    package mutating func grant(_ id: FlightID, to waiterID: WaiterID) -> Waiter? {
        guard let flight = flights[id], let caller = flight.callers.remove(waiterID) else { return nil }
        unblock(caller, from: id)
        flight.needsCallers = false
        return caller.waiter
    }

    /// Returns the priority that a load has to have; nil when its flight is over or goes on although nobody waits for it.
    package func priority(of id: FlightID) -> UInt8? {
        guard let flight = flights[id], !flight.needsCallers || !flight.callers.all.isEmpty else { return nil }
        return flight.priority
    }

    /// Whether a flight has not ended.
    package func contains(_ id: FlightID) -> Bool { flights[id] != nil }

    /// Begins to load, because the value is not stored.
    ///
    /// - Returns: How many callers wait for it so far.
    package mutating func beginLoading(_ id: FlightID) -> Int {
        guard let flight = flights[id] else { return 0 }
        flight.phase = .loading
        return flight.callers.all.count
    }

    /// Takes out the callers that accept a stale value, to be answered with it.
    ///
    /// The load goes on in the background if the value `isRenewed`, and else only for the other callers; without any,
    /// the flight is over.
    ///
    /// - Returns: The callers to answer, and whether the flight is over; nil when it is superseded, so that nobody may be
    ///   answered with what was there before.
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

    /// Begins to store what the load returned; nil when it was superseded and its value is not to be stored.
    ///
    /// - Returns: The earlier flights of the key that are storing right now, to be waited for first.
    package mutating func beginStoring(_ id: FlightID) -> [FlightID]? {
        guard let flight = flights[id], !flight.isSuperseded, flight.mayStore else { return nil }
        flight.phase = .storing
        // What began before it must not be stored over it.
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

    /// Ends all waits: every waiter, and every load to cancel.
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
        // A refresh looks for nothing: who joins it has missed.
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
        // A load of the key takes too long: the next one gets twice the time, so that loads that hang do not pile up.
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

    /// Lets a refresh begin that waited for another one.
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
