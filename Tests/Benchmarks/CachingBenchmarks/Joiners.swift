// SPDX-License-Identifier: Apache-2.0

import Caching
import Synchronization

/// A way to share one load among many callers.
protocol Joiner: AnyObject, Sendable {
    associatedtype Target: Sendable

    static var name: String { get }

    /// The callers, each of which reports its call before it calls.
    var callers: Arrivals { get }

    /// The state that all callers of a key share.
    func target(_ key: Int) -> Target

    nonisolated(nonsending) func user(_ target: Target) async throws -> User
}

/// A load that all callers join.
func loadUser(_ callers: Arrivals) async throws -> User {
    await callers.waitForAll()
    return User(id: 1, name: "user")
}

/// The baseline: all callers await one task, without a lookup.
final class SharedTaskJoiner: Joiner {
    static let name = "64 tasks awaiting one `Task` (baseline)"
    let callers: Arrivals

    init(_ callers: Arrivals) { self.callers = callers }

    func target(_ key: Int) -> Task<User, any Error> { Task { [callers] in try await loadUser(callers) } }

    nonisolated(nonsending) func user(_ target: Task<User, any Error>) async throws -> User { try await target.value }
}

/// A lower bound for waiting without a task: one continuation in a list for each caller.
final class ContinuationJoiner: Joiner {
    static let name = "64 tasks awaiting one continuation each"
    let callers: Arrivals

    init(_ callers: Arrivals) { self.callers = callers }

    func target(_ key: Int) -> WaitingList { WaitingList(callers) }

    nonisolated(nonsending) func user(_ target: WaitingList) async throws -> User { try await target.user() }
}

/// An actor with a table of tasks, as written by hand.
final class ActorJoiner: Joiner {
    static let name = "64 callers of an actor with a table of tasks"
    let callers: Arrivals
    private let actor: ActorSingleFlight

    init(_ callers: Arrivals) {
        self.callers = callers
        actor = ActorSingleFlight(callers) { "round:0:\($0)" }
    }

    func target(_ key: Int) -> Int { key }

    nonisolated(nonsending) func user(_ key: Int) async throws -> User { try await actor.user(key) }
}

/// The framework.
final class CachedJoiner: Joiner {
    static let name = "64 callers of `cached`, one load"
    let callers: Arrivals
    private let function: CachedFunction<Int, User>

    init(_ callers: Arrivals, round: Int, manager: CacheManager) {
        self.callers = callers
        function = cached(ttl: 60, key: { "round:\(round):\($0)" }, manager: manager) { (_: Int) in
            try await loadUser(callers)
        }
    }

    func target(_ key: Int) -> Int { key }

    nonisolated(nonsending) func user(_ key: Int) async throws -> User { try await function(key) }
}

/// The framework in `withCacheManager`, as in tests.
final class OverridingCachedJoiner: Joiner {
    static let name = "the same in `withCacheManager`"
    let callers: Arrivals
    private let function: CachedFunction<Int, User>

    init(_ callers: Arrivals, round: Int) {
        self.callers = callers
        function = cached(ttl: 60, key: { "scope:\(round):\($0)" }) { (_: Int) in try await loadUser(callers) }
    }

    func target(_ key: Int) -> Int { key }

    nonisolated(nonsending) func user(_ key: Int) async throws -> User { try await function(key) }
}

/// An actor with a table of tasks.
actor ActorSingleFlight {
    private var loads: [String: Task<User, any Error>] = [:]
    private let callers: Arrivals
    private let makeKey: @Sendable (Int) -> String

    init(_ callers: Arrivals, _ makeKey: @escaping @Sendable (Int) -> String) {
        self.callers = callers
        self.makeKey = makeKey
    }

    func user(_ id: Int) async throws -> User {
        let key = makeKey(id)
        if let task = loads[key] { return try await task.value }
        let task = Task { [callers] in try await loadUser(callers) }
        loads[key] = task
        return try await task.value
    }
}

/// A list of callers, of which the first starts the load.
final class WaitingList: Sendable {
    private struct State {
        var callers: [UnsafeContinuation<User, any Error>] = []
        var isLoading = false
        var result: Result<User, any Error>?
    }

    private let callers: Arrivals
    private let state = Mutex(State())

    init(_ callers: Arrivals) { self.callers = callers }

    nonisolated(nonsending) func user() async throws -> User {
        try await withUnsafeThrowingContinuation { caller in
            let (isFirst, result) = state.withLock { state -> (Bool, Result<User, any Error>?) in
                if let result = state.result { return (false, result) }
                state.callers.append(caller)
                defer { state.isLoading = true }
                return (!state.isLoading, nil)
            }
            if let result { caller.resume(with: result) }
            if isFirst { Task { await load() } }
        }
    }

    private func load() async {
        let result: Result<User, any Error>
        do { result = .success(try await loadUser(callers)) } catch { result = .failure(error) }
        let callers = state.withLock { state in
            state.result = result
            defer { state.callers = [] }
            return state.callers
        }
        for caller in callers { caller.resume(with: result) }
    }
}
