// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A timer that runs actions at deadlines, with one sleeping task for all of them.
///
/// Most deadlines are cancelled long before they are reached. A cancelled one stays in the heap, which is cleared when
/// most entries are cancelled. Actions run outside of the lock, and no task is started or cancelled under it.
final class DeadlineTimer: Sendable {
    typealias Token = UInt64

    private struct State {
        var heap = DeadlineHeap()
        var actions: [Token: @Sendable () -> Void] = [:]
        var lastToken: Token = 0
        /// The time at which the sleeping task wakes up; nil when there is no such task.
        var wakesAt: CacheInstant?
        var sleeper: Task<Void, Never>?
        /// The number of the current sleeping task, which distinguishes it from replaced ones.
        var generation = 0
    }

    private let state = Mutex(State())
    private let clock: any CacheClock

    init(clock: any CacheClock) { self.clock = clock }

    deinit { state.withLock(\.sleeper)?.cancel() }

    /// Schedules an action for a deadline, and returns a token to cancel it with.
    func schedule(at deadline: CacheInstant, _ action: @escaping @Sendable () -> Void) -> Token {
        let (token, wakes) = state.withLock { state -> (Token, Int?) in
            state.lastToken += 1
            state.actions[state.lastToken] = action
            state.heap.insert(state.lastToken, deadline)
            if let wakesAt = state.wakesAt, wakesAt <= deadline { return (state.lastToken, nil) }
            state.wakesAt = deadline
            state.generation += 1
            return (state.lastToken, state.generation)
        }
        if let wakes { sleep(until: deadline, generation: wakes) }
        return token
    }

    /// Cancels an action that has not run.
    func cancel(_ token: Token) {
        // Released outside of the lock: it may hold the last reference to an object of a user.
        let action = state.withLock { state -> (@Sendable () -> Void)? in
            guard let action = state.actions.removeValue(forKey: token) else { return nil }
            if state.heap.count > 2 * state.actions.count + 64 {
                state.heap.removeAll { state.actions[$0] == nil }
            }
            return action
        }
        withExtendedLifetime(action) {}
    }

    private func sleep(until deadline: CacheInstant, generation: Int) {
        // Detached: it serves all callers, so it inherits nothing from the first one.
        let task = Task.detached { [weak self, clock] in
            var deadline: CacheInstant? = deadline
            while let next = deadline {
                guard (try? await clock.sleep(until: next)) != nil else { return }
                deadline = self?.wake(generation)
            }
        }
        let old = state.withLock { state -> Task<Void, Never>? in
            guard state.generation == generation, state.wakesAt != nil else { return task }
            defer { state.sleeper = task }
            return state.sleeper
        }
        old?.cancel()
    }

    /// Runs the actions that are due, and returns the time of the next one; nil when the sleeping task must end.
    private func wake(_ generation: Int) -> CacheInstant? {
        let now = clock.now
        let (due, next) = state.withLock { state -> ([@Sendable () -> Void], CacheInstant?) in
            guard state.generation == generation else { return ([], nil) }
            var due: [@Sendable () -> Void] = []
            while let first = state.heap.first {
                let isLive = state.actions[first.token] != nil
                guard !isLive || first.deadline <= now else { break }
                state.heap.removeFirst()
                if let action = state.actions.removeValue(forKey: first.token) { due.append(action) }
            }
            state.wakesAt = state.heap.first?.deadline
            if state.wakesAt == nil { state.sleeper = nil }
            return (due, state.wakesAt)
        }
        for action in due { action() }
        return next
    }
}

/// Deadlines in a binary heap, the earliest first.
struct DeadlineHeap {
    struct Entry {
        let token: UInt64
        let deadline: CacheInstant
    }

    private var entries: [Entry] = []

    var count: Int { entries.count }
    var first: Entry? { entries.first }

    mutating func insert(_ token: UInt64, _ deadline: CacheInstant) {
        entries.append(Entry(token: token, deadline: deadline))
        var child = entries.count - 1
        while child > 0, entries[child].deadline < entries[(child - 1) / 2].deadline {
            entries.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func removeFirst() {
        entries.swapAt(0, entries.count - 1)
        entries.removeLast()
        sink(0)
    }

    mutating func removeAll(where isMatch: (UInt64) -> Bool) {
        entries.removeAll { isMatch($0.token) }
        for parent in stride(from: entries.count / 2 - 1, through: 0, by: -1) { sink(parent) }
    }

    private mutating func sink(_ start: Int) {
        var parent = start
        while true {
            var smallest = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < entries.count {
                if entries[child].deadline < entries[smallest].deadline { smallest = child }
            }
            guard smallest != parent else { return }
            entries.swapAt(parent, smallest)
            parent = smallest
        }
    }
}
