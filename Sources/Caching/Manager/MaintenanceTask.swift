// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The background work of a manager: about once a second each backend that has any does a piece of it.
final class MaintenanceTask: Sendable {
    private static let interval = Duration.seconds(1)

    private let backends: [any ManagedBackend]
    private let clock: any CacheClock
    private let task = Mutex<Task<Void, Never>?>(nil)
    private let isEnded = Atomic<Bool>(false)

    init(_ backends: [any ManagedBackend], clock: any CacheClock) {
        self.backends = backends
        self.clock = clock
    }

    deinit { task.withLock { $0?.cancel() } }

    func run() async {
        await Self.work(backends, clock)
    }

    func start() {
        // It must not hold on to this object, whose end stops it.
        task.withLock { [backends, clock] in
            $0 = $0 ?? Task.detached(priority: .background) { await Self.work(backends, clock) }
        }
    }

    /// Ends the work; false when it was ended before.
    func end() -> Bool {
        task.withLock { $0?.cancel() }
        return isEnded.compareExchange(expected: false, desired: true, ordering: .relaxed).exchanged
    }

    private static func work(_ backends: [any ManagedBackend], _ clock: any CacheClock) async {
        while (try? await clock.sleep(until: clock.now.advanced(by: interval))) != nil {
            for backend in backends { await backend.maintain() }
        }
    }
}
