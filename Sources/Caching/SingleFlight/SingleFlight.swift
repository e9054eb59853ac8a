// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The owner of ``SingleFlightStateMachine``: it starts, cancels and ends the loads that the machine decides about.
///
/// All caches of a manager share one, so that loads that wait for each other across caches are found. No continuation is
/// resumed and no task is started or cancelled under its lock.
@usableFromInline
final class SingleFlight: Sendable {
    @usableFromInline typealias Continuation = UnsafeContinuation<StoredValue?, any Error>
    typealias Machine = SingleFlightStateMachine<Continuation>

    /// Runs a flight, and ends it with ``finish(_:_:)``.
    typealias Load = nonisolated(nonsending) @Sendable (FlightID) async -> Void

    /// The outcome of a call that missed.
    enum JoinOutcome {
        /// No flight of the key can be joined.
        case missed
        /// The caller waits for a flight that another caller began.
        case joined(isLoading: Bool)
        /// The caller waits for its own flight, or was resumed.
        case settled
        /// The caller was resumed with a stale value that is being renewed.
        case answeredStale
        /// The manager was shut down.
        case refused
    }

    /// The depth of nested loads from which a load does not begin on the stack of its caller.
    private static let maximumDepth = 16

    struct State: ~Copyable {
        var machine: Machine
        var tasks: [FlightID: Task<Void, Never>] = [:]
        /// The turns of refreshes that wait for another refresh.
        var turns: [FlightID: RefreshTurn] = [:]
        var isShutDown = false
        var idleObservers: [UnsafeContinuation<Void, Never>] = []
    }

    let state: Mutex<State>
    let clock: any CacheClock
    let isShutDownFlag = Atomic<Bool>(false)

    private static let lastNumber = Atomic<UInt64>(0)

    init(clock: any CacheClock) {
        self.clock = clock
        // The flights of all managers are in one graph, so their numbers must differ.
        let number = Self.lastNumber.wrappingAdd(1, ordering: .relaxed).newValue
        state = Mutex(State(machine: Machine(graph: .shared, firstID: FlightID(rawValue: number << 40))))
    }

    /// The number of flights.
    var count: Int { state.withLock { $0.machine.count } }

    /// Whether the sharing of loads has ended.
    var isShutDown: Bool { isShutDownFlag.load(ordering: .relaxed) }

    /// Joins the flight of a key, if there is one.
    ///
    /// It needs only the key, so it is tried before a load is made.
    func follow(
        _ key: FlightKey,
        _ waiter: borrowing FlightWaiter,
        _ continuation: Continuation,
        parent: ParentLoad?,
        acceptedStaleness: Int64,
        now: CacheInstant
    ) -> JoinOutcome {
        let caller = caller(waiter.id, continuation, parent, acceptedStaleness)
        let action = state.withLock { state -> Machine.JoinAction? in
            // A cancellation after this check finds the waiter, because its handler needs this lock.
            guard !state.isShutDown, !waiter.isCancelled.load(ordering: .relaxed) else { return nil }
            return Self.note(state.machine.follow(key, by: caller, now: now), waiter)
        }
        guard let action else { return .missed }
        return perform(action, of: caller, key: key, depth: 0, load: nil)
    }

    /// Begins a flight, or joins one that another caller began in the meantime.
    func lead(
        _ key: FlightKey,
        _ waiter: borrowing FlightWaiter,
        _ continuation: Continuation,
        parent: ParentLoad?,
        depth: Int,
        _ request: LoadRequest,
        now: CacheInstant
    ) -> JoinOutcome {
        let caller = caller(waiter.id, continuation, parent, request.acceptedStaleness)
        let turn = request.isRefresh ? RefreshTurn() : nil
        let (outcome, action, promoted) = state.withLock { state -> (JoinOutcome?, Machine.JoinAction?, [FlightID]) in
            if waiter.isCancelled.load(ordering: .relaxed) { return (.settled, nil, []) }
            if state.isShutDown { return (.refused, nil, []) }
            guard request.isRefresh else {
                let action = state.machine.join(key, by: caller, tags: request.tags, now: now)
                return (nil, Self.note(action, waiter), [])
            }
            let (action, promoted) = state.machine.refresh(key, by: caller, tags: request.tags, now: now)
            if case .wait(let flight) = action { state.turns[flight] = turn }
            return (nil, Self.note(action, waiter), promoted)
        }
        start(promoted)
        if let outcome {
            if case .settled = outcome { continuation.resume(throwing: CancellationError()) }
            return outcome
        }
        guard let action else { return .missed }
        if let turn, case .wait(let flight) = action {
            register(Task { if await turn.wait() { await request.load(flight) } }, flight, caller.priority)
        }
        return perform(action, of: caller, key: key, depth: depth, load: request.load)
    }

    /// Ends the wait of a cancelled caller; the load is cancelled when its last caller leaves.
    func leave(_ waiter: borrowing FlightWaiter) {
        waiter.isCancelled.store(true, ordering: .relaxed)
        let (left, task, turn) = state.withLock { state -> (Machine.Left?, Task<Void, Never>?, RefreshTurn?) in
            let flight = waiter.flight
            guard flight != .none, let left = state.machine.leave(waiter.id, flight: flight) else {
                return (nil, nil, nil)
            }
            switch left.action {
            case .none: return (left, nil, nil)
            case .cancelLoad(let flight): return (left, state.tasks[flight], nil)
            case .forget(let flight):
                state.tasks[flight] = nil
                return (left, nil, state.turns.removeValue(forKey: flight))
            }
        }
        guard let left else { return }
        turn?.decide(false)
        if let task, left.isNested {
            // This runs in the cancellation handler of the load around it, under a lock of the runtime. Cancelling here
            // would nest the handlers of nested loads, thousands of them on one stack.
            Task.detached { task.cancel() }
        } else {
            task?.cancel()
        }
        left.waiter.resume(throwing: CancellationError())
        start(left.promoted)
    }

    /// Starts a renewal in the background, unless a flight of the key can be joined.
    func launch(_ key: FlightKey, tags: [String], stale: StaleAnswer?, load: @escaping Load) {
        let priority = Task.currentPriority.rawValue
        let now = clock.now
        let flight = state.withLock { state in
            state.isShutDown
                ? nil : state.machine.launch(key, tags: tags, priority: priority, stale: stale, now: now)
        }
        // The caller has its value, so the load does not run on its stack.
        if let flight { start(flight, priority, depth: .max, load) }
    }

    /// Begins the load of a flight, because the value is not stored.
    ///
    /// - Returns: The number of callers that wait.
    func beginLoading(_ flight: FlightID) -> Int { state.withLock { $0.machine.beginLoading(flight) } }

    /// Resumes the callers of a flight that accept a stale value, which the flight renews if `isRenewed`.
    ///
    /// - Returns: Whether the flight is over; nil when it is superseded and no caller was resumed.
    func answer(
        _ flight: FlightID,
        with stale: StaleAnswer,
        isRenewed: Bool,
        report: (_ callers: Int) -> Void
    ) -> Bool? {
        let now = clock.now
        let answered = state.withLock { state in
            state.machine.answer(flight, with: stale, isRenewed: isRenewed, now: now)
        }
        guard let answered else { return nil }
        report(answered.callers.count)
        hand(.success(stale.value), to: answered.callers.lazy.map(\.waiter))
        if answered.isOver { ended() }
        return answered.isOver
    }

    /// Resumes a caller with the signal that it loads the value itself.
    ///
    /// - Returns: Whether the caller still waited.
    func grant(_ flight: FlightID, to caller: WaiterID, signal: StoredValue) -> Bool {
        guard let waiter = state.withLock({ $0.machine.grant(flight, to: caller) }) else { return false }
        waiter.resume(returning: signal)
        return true
    }

    /// Begins to store the value of a flight; nil when it must not be stored.
    ///
    /// - Returns: The earlier flights of the key that are storing; wait for them with ``waitForStores(_:)`` first.
    func beginStoring(_ flight: FlightID) -> [FlightID]? { state.withLock { $0.machine.beginStoring(flight) } }

    /// Returns whether a change superseded a flight.
    func isSuperseded(_ flight: FlightID) -> Bool { state.withLock { $0.machine.isSuperseded(flight) } }

    /// Adds tags to a flight.
    func addTags(_ tags: [String], to flight: FlightID) {
        start(state.withLock { $0.machine.addTags(tags, to: flight) }.promoted)
    }

    /// Ends a flight.
    ///
    /// `report` counts before the callers are resumed. It gets the number of callers that get the result, and the number of
    /// callers that joined in all.
    func finish(
        _ flight: FlightID,
        _ result: Result<StoredValue, any Error>,
        report: (_ callers: Int, _ joiners: Int) -> Void = { _, _ in }
    ) {
        let end = state.withLock { state in
            if !state.tasks.isEmpty { state.tasks[flight] = nil }
            return state.machine.finish(flight)
        }
        report(end.callers.count, end.joiners)
        hand(result, to: end.callers.lazy.map(\.waiter))
        for observer in end.storeObservers { observer.resume(returning: nil) }
        if let promoted = end.promoted { start([promoted]) }
        ended()
    }

    /// Makes a change.
    ///
    /// Flights before it do not store, and flights that begin during it are not joined after it.
    ///
    /// The change begins when no earlier flight can store any more.
    nonisolated(nonsending) func changing<Output>(
        _ target: ChangeTarget,
        _ change: nonisolated(nonsending) () async throws -> Output
    ) async rethrows -> Output {
        let (number, superseded) = state.withLock { $0.machine.beginChange(target) }
        start(superseded.promoted)
        await waitForStores(superseded.storing)
        defer { start(state.withLock { $0.machine.endChange(number) }.promoted) }
        return try await change()
    }

    /// Supersedes flights for a change that was made outside the process, without waiting for flights that store already.
    func supersede(_ target: ChangeTarget) {
        start(state.withLock { $0.machine.supersede(target) }.promoted)
    }

    private func caller(
        _ id: WaiterID,
        _ continuation: Continuation,
        _ parent: ParentLoad?,
        _ acceptedStaleness: Int64
    ) -> Machine.Caller {
        Machine.Caller(
            id: id,
            waiter: continuation,
            parent: parent,
            priority: Task.currentPriority.rawValue,
            acceptedStaleness: acceptedStaleness
        )
    }

    /// Records the flight of a waiter, under the lock, so that the cancellation handler finds it.
    private static func note(_ action: Machine.JoinAction?, _ waiter: borrowing FlightWaiter) -> Machine.JoinAction? {
        switch action {
        case .lead(let flight), .follow(let flight, _, _), .wait(let flight):
            waiter.waits(for: flight)
        case .answer, .recursive, nil: break
        }
        return action
    }

    private func perform(
        _ action: Machine.JoinAction,
        of caller: Machine.Caller,
        key: FlightKey,
        depth: Int,
        load: Load?
    ) -> JoinOutcome {
        switch action {
        case .lead(let flight):
            if let load { start(flight, caller.priority, depth: depth, load) }
            return .settled
        case .follow(let flight, let raisesPriority, let isLoading):
            if raisesPriority { raise(flight, to: caller.priority) }
            return .joined(isLoading: isLoading)
        case .wait:
            return .settled
        case .answer(let value):
            caller.waiter.resume(returning: value)
            return .answeredStale
        case .recursive(let chain):
            caller.waiter.resume(throwing: CacheError.recursiveLoad(key: key.key, chain: chain))
            return .settled
        }
    }

    /// Resumes waiters with a result.
    private func hand(_ result: Result<StoredValue, any Error>, to waiters: some Sequence<Continuation>) {
        switch result {
        case .success(let value):
            // All references are retained before the first waiter runs. Otherwise waiters release theirs at the same time,
            // and the cache line of the count moves between processors each time.
            for _ in waiters { _ = Unmanaged.passRetained(value) }
            for waiter in waiters { waiter.resume(returning: Unmanaged.passUnretained(value).takeRetainedValue()) }
        case .failure(let error):
            for waiter in waiters { waiter.resume(throwing: error) }
        }
    }

    private func start(_ flight: FlightID, _ priority: UInt8, depth: Int, _ load: @escaping Load) {
        // The task is unstructured, so that it outlives its caller, and not detached, so that it inherits task-local
        // values and priority. It begins on the thread of the caller, because many loads never suspend.
        let task = depth < Self.maximumDepth ? Self.begin(load, flight) : Task { await load(flight) }
        register(task, flight, priority)
    }

    /// Records the task of a flight, which may have ended.
    private func register(_ task: Task<Void, Never>, _ flight: FlightID, _ priority: UInt8) {
        let (needed, isOver) = state.withLock { state -> (UInt8?, Bool) in
            let priority = state.machine.priority(of: flight)
            guard priority != nil else { return (nil, !state.machine.contains(flight)) }
            state.tasks[flight] = task
            return (priority, false)
        }
        guard let needed else {
            if !isOver { task.cancel() }
            return
        }
        // A caller of higher priority joined before the task was recorded.
        if priority < needed { Self.escalate(task, to: needed) }
    }

    /// Starts a load on this thread, where the system supports it.
    private static func begin(_ load: @escaping Load, _ flight: FlightID) -> Task<Void, Never> {
        if #available(macOS 26, iOS 26, tvOS 26, watchOS 26, visionOS 26, *) {
            return Task.immediate { await load(flight) }
        }
        return Task { await load(flight) }
    }

    /// Starts refreshes that waited for other flights.
    func start(_ promoted: [FlightID]) {
        for flight in promoted { state.withLock { $0.turns.removeValue(forKey: flight) }?.decide(true) }
    }

    private func raise(_ flight: FlightID, to priority: UInt8) {
        if let task = state.withLock({ $0.tasks[flight] }) { Self.escalate(task, to: priority) }
    }

    /// Waits until flights have stored, within the deadline of the backend.
    nonisolated(nonsending) func waitForStores(_ flights: [FlightID]) async {
        for flight in flights {
            _ = try? await withUnsafeThrowingContinuation { (observer: Continuation) in
                let isWaiting = state.withLock { $0.machine.observeStore(of: flight, by: observer) }
                if !isWaiting { observer.resume(returning: nil) }
            }
        }
    }

    private static func escalate(_ task: Task<Void, Never>, to priority: UInt8) {
        if #available(macOS 26, iOS 26, tvOS 26, watchOS 26, visionOS 26, *) {
            task.escalatePriority(to: TaskPriority(rawValue: priority))
        }
    }
}
