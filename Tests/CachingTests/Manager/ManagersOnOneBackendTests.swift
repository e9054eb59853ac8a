// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import Testing

@Suite("Backends that several managers use")
struct ManagersOnOneBackendTests {
    @Test func aBackendIsClosedByTheLastManagerThatUsesIt() async {
        let backend = ClosableBackend()
        let first = CacheManager(backend: backend)
        let second = CacheManager(backend: backend, named: ["sessions": backend])
        do {
            // One that is dropped without a shutdown counts no more.
            _ = CacheManager(backend: backend)
        }
        await first.shutdown()
        #expect(backend.closings.count == 0)
        await second.shutdown()
        await second.shutdown()
        #expect(backend.closings.count == 1)
    }

    @Test func aRunningManagerReturnsWhenItIsShutDown() async {
        let manager = CacheManager()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await manager.run() }
            group.addTask { await manager.run() }
            group.addTask { await manager.shutdown() }
        }
        // And at once if it was shut down before.
        await manager.run()
    }
}

/// A backend that counts how often it is closed.
private final class ClosableBackend: ManagedBackend, ForwardingBackend {
    let closings = CallCounter()
    let base = RecordingBackend()
    func shutdown() async { closings.increment() }
}
