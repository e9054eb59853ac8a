// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import Testing

@Suite("Backends that several managers use")
struct ManagersOnOneBackendTests {
    @Test func aBackendIsClosedByTheLastManagerThatUsesIt() async {
        let backend = ClosableBackend()
        let first = CacheManager(backend: backend, timeout: .seconds(30))
        let second = CacheManager(backend: backend, named: ["sessions": backend])
        do {
            // A manager that was released without a shutdown does not count.
            _ = CacheManager(backend: backend, timeout: .seconds(30))
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
        // After a shutdown, it returns at once.
        await manager.run()
    }
}

/// A backend that counts its shutdowns.
private final class ClosableBackend: ManagedBackend, ForwardingBackend {
    let closings = CallCounter()
    let base = RecordingBackend()
    func shutdown() async { closings.increment() }
}
