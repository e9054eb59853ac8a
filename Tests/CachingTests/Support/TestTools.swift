// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import Synchronization

/// A value that tests cache.
struct Person: Codable, Sendable, Hashable {
    var name: String
    var nickname: String?
}

/// The error of a source in a test.
struct SourceFailure: Error, Hashable {}

/// A counter of calls.
final class CallCounter: Sendable {
    private let value = Atomic<Int>(0)
    var count: Int { value.load(ordering: .sequentiallyConsistent) }

    @discardableResult
    func increment() -> Int { value.wrappingAdd(1, ordering: .sequentiallyConsistent).newValue }

    func reset(to count: Int) { value.store(count, ordering: .sequentiallyConsistent) }
}

/// A gate that a test opens; tasks that arrive are counted, and wait until it is open.
final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var arrived = 0
        var waiting: [Int: CheckedContinuation<Void, any Error>] = [:]
        var observers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    var arrivals: Int { state.withLock(\.arrived) }

    /// Waits until the gate is open, or until the task is cancelled unless cancellation is ignored.
    func pass(ignoringCancellation: Bool = false) async throws {
        let id = state.withLock { state in
            state.arrived += 1
            return state.arrived
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let (isOpen, isCancelled, reached) = state.withLock { state in
                    let isCancelled = Task.isCancelled && !ignoringCancellation
                    if !state.isOpen, !isCancelled { state.waiting[id] = continuation }
                    let arrived = state.arrived
                    let reached = state.observers.filter { $0.count <= arrived }
                    state.observers.removeAll { $0.count <= arrived }
                    return (state.isOpen, isCancelled, reached)
                }
                for observer in reached { observer.continuation.resume() }
                if isCancelled {
                    continuation.resume(throwing: CancellationError())
                } else if isOpen {
                    continuation.resume()
                }
            }
        } onCancel: {
            guard !ignoringCancellation else { return }
            state.withLock { $0.waiting.removeValue(forKey: id) }?.resume(throwing: CancellationError())
        }
    }

    /// Opens the gate for current and later arrivals.
    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [:] }
            return state.waiting.values
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Suspends until a number of tasks have arrived.
    func waitForArrivals(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isReached = state.withLock { state in
                if state.arrived >= count { return true }
                state.observers.append((count, continuation))
                return false
            }
            if isReached { continuation.resume() }
        }
    }
}

/// A manager in memory on a clock of its own, with its events.
struct MemorySetup {
    let clock = ManualClock()
    let manager: CacheManager

    init(capacity: Int = 10_000, ttl: TTL = 300, jitter: Double = 0, prefix: String? = nil) {
        manager = CacheManager(
            backend: MemoryBackend(capacity: .entries(capacity), clock: clock),
            ttl: ttl,
            jitter: jitter,
            prefix: prefix,
            clock: clock
        )
    }
}

extension CacheEvents {
    /// Reads events until one matches, and returns it.
    func first(where isMatch: (CacheEvent) -> Bool) async -> CacheEvent? {
        for await event in self where isMatch(event) { return event }
        return nil
    }

    /// Reads events until a number of callers have joined loads.
    func waitForJoiners(_ count: Int) async {
        var joined = 0
        while joined < count, await first(where: { if case .joined = $0.kind { true } else { false } }) != nil {
            joined += 1
        }
    }
}
