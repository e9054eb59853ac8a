// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Runs loads so that there is one per key: performs what ``SingleFlightStateMachine`` decides.
///
/// All caches of a manager share one, so that loads that wait for each other across caches are found.
@usableFromInline
final class SingleFlight: Sendable {
    typealias FlightID = UInt64
    typealias Waiter = UnsafeContinuation<StoredValue, any Error>
    typealias Machine = SingleFlightStateMachine<Waiter>

    private struct State {
        var machine = Machine()
        var loads: [FlightID: (task: Task<Void, Never>, priority: TaskPriority)] = [:]
        var isShutDown = false
    }

    private enum Start {
        case lead(FlightID, mustLookAgain: Bool)
        case wait
        case escalate(Task<Void, Never>, TaskPriority)
        case fail(any Error)
    }

    private let state = Mutex(State())
    private let lastWaiterID = Atomic<UInt64>(0)

    /// How many flights ended so far, to be noted before looking for a value.
    var completions: UInt64 { state.withLock { $0.machine.completions } }

    /// How many loads are in flight.
    var count: Int { state.withLock { $0.machine.count } }

    /// The value of a key, from the load in flight or from a new one.
    ///
    /// A cancelled caller leaves at once; the load is cancelled when the last one has left.
    ///
    /// `load` runs the flight it is given and ends it with ``finish(_:_:)``; its flag says whether to look for the value
    /// once more. `joined` is told when the caller waits for a load that another one started.
    nonisolated(nonsending)
        func value(
            of key: FlightKey,
            tags: [String],
            ticket: UInt64?,
            joined: () -> Void,
            load: @escaping @Sendable (FlightID, Bool) async -> Void
        ) async throws -> StoredValue
    {
        let waiterID = lastWaiterID.wrappingAdd(1, ordering: .relaxed).newValue
        let parent = LoadContext.current.flatMap { $0.flights === self ? $0.flight : nil }
        return try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { waiter in
                let start = state.withLock { state -> Start in
                    // A cancellation after this check finds the waiter, because its handler needs this lock.
                    if Task.isCancelled { return .fail(CancellationError()) }
                    if state.isShutDown { return .fail(CacheError.shutDown) }
                    let action = state.machine.join(
                        key,
                        tags: tags,
                        waiterID: waiterID,
                        waiter: waiter,
                        parent: parent,
                        ticket: ticket
                    )
                    switch action {
                    case .lead(let flight, let mustLookAgain): return .lead(flight, mustLookAgain: mustLookAgain)
                    case .recursive(let chain):
                        return .fail(CacheError.recursiveLoad(key: key.key, chain: chain))
                    case .follow(let flight):
                        let priority = Task.currentPriority
                        guard let load = state.loads[flight], load.priority < priority else { return .wait }
                        state.loads[flight]?.priority = priority
                        return .escalate(load.task, priority)
                    }
                }
                switch start {
                case .lead(let flight, let mustLookAgain): self.start(flight, mustLookAgain, load)
                case .wait: joined()
                case .escalate(let task, let priority):
                    Self.escalate(task, to: priority)
                    joined()
                case .fail(let error): waiter.resume(throwing: error)
                }
            }
        } onCancel: {
            leave(waiterID, key: key)
        }
    }

    /// Starts a load that nobody waits for, unless the key has one.
    func launch(_ key: FlightKey, tags: [String], load: @escaping @Sendable (FlightID, Bool) async -> Void) {
        let flight = state.withLock { $0.isShutDown ? nil : $0.machine.launch(key, tags: tags) }
        if let flight { start(flight, true, load) }
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
        for waiter in end.waiters { waiter.resume(with: result) }
        for observer in end.storeObservers { observer.resume(with: result) }
        return end.joiners
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
            return (waiters, flights.compactMap { state.loads[$0]?.task })
        }
        for task in tasks { task.cancel() }
        for waiter in waiters { waiter.resume(throwing: CacheError.shutDown) }
    }

    private func start(
        _ flight: FlightID,
        _ mustLookAgain: Bool,
        _ load: @escaping @Sendable (FlightID, Bool) async -> Void
    ) {
        // Unstructured, so that it outlives the caller who started it; not detached, so that it inherits the caller's
        // task-local values and priority.
        let task = Task { await load(flight, mustLookAgain) }
        let isAbandoned = state.withLock { state in
            if state.machine.isAbandoned(flight) { return true }
            state.loads[flight] = (task, Task.currentPriority)
            return false
        }
        // Abandoned, or over already; cancelling a task that is over does nothing.
        if isAbandoned { task.cancel() }
    }

    private func leave(_ waiterID: UInt64, key: FlightKey) {
        let (waiter, task) = state.withLock { state -> (Waiter?, Task<Void, Never>?) in
            guard let left = state.machine.leave(waiterID, key: key) else { return (nil, nil) }
            guard case .cancelLoad(let flight) = left.action else { return (left.waiter, nil) }
            return (left.waiter, state.loads[flight]?.task)
        }
        task?.cancel()
        waiter?.resume(throwing: CancellationError())
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

    private static func escalate(_ task: Task<Void, Never>, to priority: TaskPriority) {
        if #available(macOS 26, iOS 26, tvOS 26, watchOS 26, visionOS 26, *) { task.escalatePriority(to: priority) }
    }
}
