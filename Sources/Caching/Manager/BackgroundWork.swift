// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The background work of a manager: the `run()` of each of its backends.
///
/// No continuation is resumed and no task is cancelled under its lock.
final class BackgroundWork: Sendable {
    private enum State {
        case idle
        case running
        case ended
    }

    private struct Observers {
        var state = State.idle
        var task: Task<Void, Never>?
        var ends: [Int: UnsafeContinuation<Void, Never>] = [:]
        var lastEnd = 0
    }

    private let backends: [any ManagedBackend]
    private let observers = Mutex(Observers())

    init(_ backends: [any ManagedBackend]) { self.backends = backends }

    deinit { observers.withLock(\.task)?.cancel() }

    /// Starts the work in a task of its own.
    func start() {
        guard begin() else { return }
        // The task must not retain this object, whose `deinit` cancels it.
        let task = Task.detached(priority: .background) { [backends] in await Self.work(backends) }
        let isEnded = observers.withLock { observers in
            observers.task = task
            return observers.state == .ended
        }
        if isEnded { task.cancel() }
    }

    /// Runs the work until the task is cancelled or the work is ended; if it runs already, only waits.
    func run() async {
        let works = begin()
        await withTaskGroup(of: Void.self) { group in
            if works { group.addTask { [backends] in await Self.work(backends) } }
            await waitForEnd()
            group.cancelAll()
        }
        if works { observers.withLock { if $0.state == .running { $0.state = .idle } } }
    }

    /// Ends the work.
    ///
    /// - Returns: Whether it had not been ended before.
    func end() async -> Bool {
        let ended = observers.withLock { observers -> (Task<Void, Never>?, [UnsafeContinuation<Void, Never>])? in
            guard observers.state != .ended else { return nil }
            observers.state = .ended
            defer { observers.ends = [:] }
            return (observers.task, Array(observers.ends.values))
        }
        guard let (task, ends) = ended else { return false }
        task?.cancel()
        for end in ends { end.resume() }
        return true
    }

    private func begin() -> Bool {
        observers.withLock { observers in
            guard observers.state == .idle else { return false }
            observers.state = .running
            return true
        }
    }

    /// Waits until the work is ended or this task is cancelled.
    private func waitForEnd() async {
        let id = observers.withLock { observers in
            observers.lastEnd += 1
            return observers.lastEnd
        }
        await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let isOver = observers.withLock { observers in
                    // The handler needs this lock, so a cancellation after this check finds the continuation.
                    if Task.isCancelled || observers.state == .ended { return true }
                    observers.ends[id] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            observers.withLock { $0.ends.removeValue(forKey: id) }?.resume()
        }
    }

    private static func work(_ backends: [any ManagedBackend]) async {
        await withTaskGroup(of: Void.self) { group in
            for backend in backends { group.addTask { await backend.run() } }
        }
    }
}
