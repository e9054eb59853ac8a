// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Waits for an operation, but not longer than it may take.
enum Deadline {
    /// The result of an operation, or an error when time is up or the caller is cancelled.
    ///
    /// An operation that is given up is cancelled and not waited for: what ignores its cancellation must not hold up
    /// the caller. One that ends without suspending costs no timer.
    nonisolated(nonsending)
        static func run<Output: Sendable>(
            _ name: String,
            within duration: Duration,
            clock: any CacheClock,
            _ operation: @escaping @Sendable () async throws -> Output
        ) async throws -> Output
    {
        let race = DeadlineRace<Output>()
        return try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { waiter in
                race.begin(waiter)
                race.add(immediately { race.end(await Result(catching: operation)) })
                guard !race.isOver else { return }
                let deadline = clock.now.advanced(by: duration)
                race.add(
                    Task {
                        guard (try? await clock.sleep(until: deadline)) != nil else { return }
                        race.end(.failure(CacheError.backendTimedOut(operation: name, after: duration)))
                    }
                )
            }
        } onCancel: {
            race.end(.failure(CancellationError()))
        }
    }

    /// Starts a task on this thread and goes on when it first suspends, where the system can.
    private static func immediately(_ body: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
        if #available(macOS 26, iOS 26, tvOS 26, watchOS 26, visionOS 26, *) {
            return Task.immediate { await body() }
        }
        return Task { await body() }
    }
}

/// The first to end a race resumes the waiter and cancels the others.
private final class DeadlineRace<Output: Sendable>: Sendable {
    private typealias Waiter = UnsafeContinuation<Output, any Error>

    private struct State {
        var waiter: Waiter?
        var tasks: [Task<Void, Never>] = []
        var earlyResult: Result<Output, any Error>?
        var isOver = false
    }

    private let state = Mutex(State())

    var isOver: Bool { state.withLock(\.isOver) }

    func begin(_ waiter: UnsafeContinuation<Output, any Error>) {
        let result = state.withLock { state -> Result<Output, any Error>? in
            if state.earlyResult == nil { state.waiter = waiter }
            return state.earlyResult
        }
        if let result { waiter.resume(with: result) }
    }

    func add(_ task: Task<Void, Never>) {
        let isOver = state.withLock { state in
            if !state.isOver { state.tasks.append(task) }
            return state.isOver
        }
        if isOver { task.cancel() }
    }

    func end(_ result: Result<Output, any Error>) {
        let (waiter, tasks) = state.withLock { state -> (Waiter?, [Task<Void, Never>]) in
            guard !state.isOver else { return (nil, []) }
            state.isOver = true
            // A caller that was cancelled before it began to wait.
            if state.waiter == nil { state.earlyResult = result }
            defer { state.waiter = nil }
            return (state.waiter, state.tasks)
        }
        for task in tasks { task.cancel() }
        waiter?.resume(with: result)
    }
}

extension Result where Failure == any Error {
    fileprivate init(catching body: @Sendable () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
