// SPDX-License-Identifier: Apache-2.0

import Caching

/// The state machine in a class, because the argument of a macro cannot be mutated.
final class MachineBox {
    typealias Machine = SingleFlightStateMachine<String>

    /// The result of joining, with the parts that tests compare.
    enum Joined: Equatable {
        case lead(FlightID)
        case follow(FlightID, raisesPriority: Bool)
        case wait(FlightID)
        case answer
        case recursive([String])
    }

    private var machine = Machine()
    private var flights: [UInt64: FlightID] = [:]
    private var keys: [FlightID: String] = [:]

    /// The time, which only a test changes.
    var now = CacheInstant(nanoseconds: 0)

    /// The refreshes that the last operation promoted.
    private(set) var promoted: [FlightID] = []

    var count: Int { machine.count }

    func join(
        _ key: FlightKey,
        tags: [String] = [],
        waiterID: UInt64,
        waiter: String,
        parent: FlightID? = nil,
        priority: UInt8 = 0,
        acceptedStaleness: Int64 = 0
    ) -> Joined {
        let caller = caller(waiterID, waiter, parent, priority, acceptedStaleness)
        return note(machine.join(key, by: caller, tags: tags, now: now), waiterID, key)
    }

    func follow(_ key: FlightKey, _ waiterID: UInt64, priority: UInt8 = 0, acceptedStaleness: Int64 = 0) -> Joined? {
        let caller = caller(waiterID, "waiter \(waiterID)", nil, priority, acceptedStaleness)
        return machine.follow(key, by: caller, now: now).map { note($0, waiterID, key) }
    }

    func refresh(_ key: FlightKey, _ waiterID: UInt64, parent: FlightID? = nil) -> Joined {
        let caller = caller(waiterID, "waiter \(waiterID)", parent, 0, 0)
        let (action, promoted) = machine.refresh(key, by: caller, tags: [], now: now)
        self.promoted = promoted
        return note(action, waiterID, key)
    }

    func launch(_ key: FlightKey, tags: [String], priority: UInt8 = 0) -> FlightID? {
        machine.launch(key, tags: tags, priority: priority, now: now)
    }

    func leave(_ waiterID: UInt64) -> (waiter: String, action: Machine.LeaveAction)? {
        guard let flight = flights[waiterID], let left = machine.leave(WaiterID(rawValue: waiterID), flight: flight)
        else { return nil }
        promoted = left.promoted
        return (left.waiter, left.action)
    }

    func priority(of id: FlightID) -> UInt8? { machine.priority(of: id) }
    func beginLoading(_ id: FlightID) -> Int { machine.beginLoading(id) }
    func beginStoring(_ id: FlightID) -> Bool { machine.beginStoring(id) != nil }
    func storesToAwait(_ id: FlightID) -> [FlightID]? { machine.beginStoring(id) }
    func isSuperseded(_ id: FlightID) -> Bool { machine.isSuperseded(id) }
    func addTags(_ tags: [String], to id: FlightID) { _ = machine.addTags(tags, to: id) }

    func answer(_ id: FlightID, since: CacheInstant, isRenewed: Bool) -> (waiters: [String], isOver: Bool)? {
        let stale = StaleAnswer(value: StoredValue.sample, since: since)
        return machine.answer(id, with: stale, isRenewed: isRenewed, now: now).map {
            ($0.callers.map(\.waiter), $0.isOver)
        }
    }

    func finish(_ id: FlightID) -> (waiters: [String], storeObservers: [String], joiners: Int) {
        let end = machine.finish(id)
        promoted = end.promoted.map { [$0] } ?? []
        return (end.callers.map(\.waiter), end.storeObservers, end.joiners)
    }

    func supersede(_ target: ChangeTarget) -> [FlightID] {
        let superseded = machine.supersede(target)
        promoted = superseded.promoted
        return superseded.storing
    }

    func beginChange(_ target: ChangeTarget) -> UInt64 { machine.beginChange(target).change }
    func endChange(_ change: UInt64) { _ = machine.endChange(change) }
    func observeStore(of id: FlightID, by observer: String) -> Bool { machine.observeStore(of: id, by: observer) }
    func abandonAll() -> (waiters: [String], loads: [FlightID]) { machine.abandonAll() }

    private func caller(
        _ id: UInt64,
        _ waiter: String,
        _ parent: FlightID?,
        _ priority: UInt8,
        _ acceptedStaleness: Int64
    ) -> Machine.Caller {
        let parent = parent.map { ParentLoad(flight: $0, key: keys[$0] ?? "") }
        return FlightCaller(
            id: WaiterID(rawValue: id),
            waiter: waiter,
            parent: parent,
            priority: priority,
            acceptedStaleness: acceptedStaleness
        )
    }

    private func note(_ action: Machine.JoinAction, _ waiter: UInt64, _ key: FlightKey) -> Joined {
        switch action {
        case .lead(let flight):
            (flights[waiter], keys[flight]) = (flight, key.key)
            return .lead(flight)
        case .follow(let flight, let raisesPriority, _):
            flights[waiter] = flight
            return .follow(flight, raisesPriority: raisesPriority)
        case .wait(let flight):
            (flights[waiter], keys[flight]) = (flight, key.key)
            return .wait(flight)
        case .answer: return .answer
        case .recursive(let chain): return .recursive(chain)
        }
    }
}

extension StoredValue {
    static let sample: StoredValue = ValueBox(1, codec: CacheCodec<Int>.json)
}
