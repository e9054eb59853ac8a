// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Runs loads so that there is one per key: performs what ``SingleFlightStateMachine`` decides.
///
/// All caches of a manager share one, so that loads that wait for each other across caches are found.
@usableFromInline
final class SingleFlight: Sendable {
    typealias FlightID = UInt64
    @usableFromInline typealias Waiter = UnsafeContinuation<StoredValue?, any Error>
    typealias Machine = SingleFlightStateMachine<Waiter>

    /// What became of a caller that wants to wait.
    enum Boarding {
        /// There is no flight to join.
        case missed
        /// It waits for a load that another one started.
        case joined
        /// It waits for its own load, or its wait is over.
        case settled
    }

    private struct State: ~Copyable {
        var machine = Machine()
        var loads: [FlightID: Task<Void, Never>] = [:]
        var isShutDown = false
    }

    private let state = Mutex(State())
    private let lastPassengerID = Atomic<UInt64>(0)

    /// How many flights ended so far, to be noted before looking for a value.
    var completions: UInt64 { state.withLock { $0.machine.completions } }

    /// How many loads are in flight.
    var count: Int { state.withLock { $0.machine.count } }

    /// A number for a passenger, by which it can ``leave(_:key:)``.
    func nextPassengerID() -> UInt64 { lastPassengerID.wrappingAdd(1, ordering: .relaxed).newValue }

    /// Lets a caller wait for the load in flight, if there is one.
    ///
    /// It needs nothing but the key, so it is tried before anything is made for a load.
    func follow(_ key: FlightKey, _ passenger: borrowing Passenger, _ waiter: Waiter) -> Boarding {
        let caller = caller(passenger.id, waiter)
        // A cancellation after this check finds the waiter, because its handler needs this lock.
        let action = state.withLock { passenger.hasLeft ? nil : $0.machine.follow(key, by: caller) }
        guard let action else { return .missed }
        return perform(action, of: caller, key: key, departure: nil)
    }

    /// Begins a load, or lets the caller wait for that of another one who was faster.
    func lead(
        _ key: FlightKey,
        _ passenger: borrowing Passenger,
        _ waiter: Waiter,
        _ departure: Departure
    ) -> Boarding {
        let caller = caller(passenger.id, waiter)
        do {
            let action = try state.withLock { state in
                if passenger.hasLeft { throw CancellationError() }
                if state.isShutDown { throw CacheError.shutDown }
                return state.machine.join(key, by: caller, tags: departure.tags, ticket: departure.ticket)
            }
            return perform(action, of: caller, key: key, departure: departure)
        } catch {
            waiter.resume(throwing: error)
            return .settled
        }
    }

    /// Ends the wait of a caller that was cancelled; the load is cancelled when the last one has left.
    func leave(_ id: UInt64, key: FlightKey) {
        let (waiter, task) = state.withLock { state -> (Waiter?, Task<Void, Never>?) in
            guard let left = state.machine.leave(id, key: key) else { return (nil, nil) }
            guard case .cancelLoad(let flight) = left.action else { return (left.waiter, nil) }
            return (left.waiter, state.loads[flight])
        }
        task?.cancel()
        waiter?.resume(throwing: CancellationError())
    }

    /// Starts a load that nobody waits for, unless the key has one.
    func launch(_ key: FlightKey, tags: [String], load: @escaping @Sendable (FlightID, Bool) async -> Void) {
        let priority = Task.currentPriority.rawValue
        let flight = state.withLock { state in
            state.isShutDown ? nil : state.machine.launch(key, tags: tags, priority: priority)
        }
        if let flight { start(flight, priority, true, load) }
    }

    /// The load returned: true when its value is to be stored.
    func beginStoring(_ flight: FlightID, tags: [String]) -> Bool {
        state.withLock { $0.machine.beginStoring(flight, tags: tags) }
    }

    /// The flight is over.
    ///
    /// Returns how many callers had joined it.
    @discardableResult
    func finish(_ flight: FlightID, _ result: Result<StoredValue, any Error>) -> Int {
        let end = state.withLock { state in
            state.loads[flight] = nil
            return state.machine.finish(flight)
        }
        hand(result, to: end.callers.lazy.map(\.waiter))
        hand(result, to: end.storeObservers)
        return end.joiners
    }

    /// Ends waits with a result.
    private func hand(_ result: Result<StoredValue, any Error>, to waiters: some Sequence<Waiter>) {
        switch result {
        case .success(let value):
            // Every reference is counted before anybody has one: those who have it give it back at once, and a count
            // that two threads change in turns goes from one processor to the other each time.
            for _ in waiters { _ = Unmanaged.passRetained(value) }
            for waiter in waiters { waiter.resume(returning: Unmanaged.passUnretained(value).takeRetainedValue()) }
        case .failure(let error):
            for waiter in waiters { waiter.resume(throwing: error) }
        }
    }

    /// Keeps the load of a key from storing; returns when nothing older can be stored any more.
    func supersede(_ key: FlightKey) async {
        await waitForStores(state.withLock { $0.machine.supersede(key) })
    }

    /// Keeps the loads of all matching keys from storing.
    func supersede(where isMatch: @Sendable (FlightKey) -> Bool) async {
        await waitForStores(state.withLock { $0.machine.supersede(where: isMatch) })
    }

    /// Keeps the loads with a tag from storing.
    func supersede(tag: String, in cache: Int) async {
        await waitForStores(state.withLock { $0.machine.supersede(tag: tag, in: cache) })
    }

    /// Ends everything: waiters get ``CacheError/shutDown``, loads are cancelled.
    func shutdown() {
        let (waiters, tasks) = state.withLock { state in
            state.isShutDown = true
            let (waiters, flights) = state.machine.abandonAll()
            return (waiters, flights.compactMap { state.loads[$0] })
        }
        for task in tasks { task.cancel() }
        for waiter in waiters { waiter.resume(throwing: CacheError.shutDown) }
    }

    private func caller(_ id: UInt64, _ waiter: Waiter) -> Machine.Caller {
        let parent = LoadContext.current.flatMap { $0.flights === self ? $0.flight : nil }
        return Machine.Caller(id: id, waiter: waiter, parent: parent, priority: Task.currentPriority.rawValue)
    }

    private func perform(
        _ action: Machine.JoinAction,
        of caller: Machine.Caller,
        key: FlightKey,
        departure: Departure?
    ) -> Boarding {
        switch action {
        case .lead(let flight, let mustLookAgain):
            if let departure { start(flight, caller.priority, mustLookAgain, departure.load) }
            return .settled
        case .follow(let flight, let raisesPriority):
            if raisesPriority { raise(flight, to: caller.priority) }
            return .joined
        case .recursive(let chain):
            caller.waiter.resume(throwing: CacheError.recursiveLoad(key: key.key, chain: chain))
            return .settled
        }
    }

    private func start(
        _ flight: FlightID,
        _ priority: UInt8,
        _ mustLookAgain: Bool,
        _ load: @escaping @Sendable (FlightID, Bool) async -> Void
    ) {
        // Unstructured, so that it outlives the caller who started it; not detached, so that it inherits the caller's
        // task-local values and priority.
        let task = Task { await load(flight, mustLookAgain) }
        let needed = state.withLock { state in
            let priority = state.machine.priority(of: flight)
            if priority != nil { state.loads[flight] = task }
            return priority
        }
        // Abandoned, or over already; cancelling a task that is over does nothing.
        guard let needed else { return task.cancel() }
        // Somebody of higher priority joined it before it was known.
        if priority < needed { Self.escalate(task, to: needed) }
    }

    private func raise(_ flight: FlightID, to priority: UInt8) {
        if let task = state.withLock({ $0.loads[flight] }) { Self.escalate(task, to: priority) }
    }

    /// Storing is bounded by the backend's deadline, so these waits are too.
    private func waitForStores(_ flights: [FlightID]) async {
        for flight in flights {
            _ = try? await withUnsafeThrowingContinuation { (observer: Waiter) in
                let isWaiting = state.withLock { $0.machine.observeStore(of: flight, by: observer) }
                if !isWaiting { observer.resume(throwing: CancellationError()) }
            }
        }
    }

    private static func escalate(_ task: Task<Void, Never>, to priority: UInt8) {
        if #available(macOS 26, iOS 26, tvOS 26, watchOS 26, visionOS 26, *) {
            task.escalatePriority(to: TaskPriority(rawValue: priority))
        }
    }
}
