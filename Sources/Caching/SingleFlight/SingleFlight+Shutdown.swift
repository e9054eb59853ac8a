// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The end of the sharing of loads.
extension SingleFlight {
    /// Ends the sharing of loads.
    ///
    /// Nothing is stored any more, and loads that run go on for their callers.
    func close() {
        let promoted = state.withLock { state in
            state.isShutDown = true
            isShutDownFlag.store(true, ordering: .relaxed)
            return state.machine.supersedeAll().promoted
        }
        start(promoted)
    }

    /// Waits for the loads that run, until the grace period is over.
    func finishLoads(within gracePeriod: Duration, timer: DeadlineTimer) async {
        let end = timer.schedule(at: clock.now.advanced(by: gracePeriod)) { [weak self] in self?.abandon() }
        await withUnsafeContinuation { observer in
            let isIdle = state.withLock { state in
                if state.machine.count > 0 { state.idleObservers.append(observer) }
                return state.machine.count == 0
            }
            if isIdle { observer.resume() }
        }
        timer.cancel(end)
    }

    /// Ends all waits with ``CacheError/shutDown`` and cancels all loads.
    private func abandon() {
        let (waiters, tasks, observers) = state.withLock { state in
            let (waiters, flights) = state.machine.abandonAll()
            defer { state.idleObservers = [] }
            return (waiters, flights.compactMap { state.tasks[$0] }, state.idleObservers)
        }
        for task in tasks { task.cancel() }
        for waiter in waiters { waiter.resume(throwing: CacheError.shutDown) }
        for observer in observers { observer.resume() }
    }

    /// Resumes the shutdown when the last flight has ended.
    func ended() {
        guard isShutDown else { return }
        let observers = state.withLock { state -> [UnsafeContinuation<Void, Never>] in
            guard state.machine.count == 0 else { return [] }
            defer { state.idleObservers = [] }
            return state.idleObservers
        }
        for observer in observers { observer.resume() }
    }
}
