// SPDX-License-Identifier: Apache-2.0

import Caching
import Dispatch
import Testing

@Suite("Where loads run")
struct LoadIsolationTests {
    private static let mark = DispatchSpecificKey<Bool>()

    /// Whether this code runs on the queue of the main actor, on any thread.
    private nonisolated func isOnMainQueue() -> Bool { DispatchQueue.getSpecific(key: Self.mark) == true }

    @Test @MainActor func aLoadDoesNotRunOnTheActorOfItsCaller() async throws {
        DispatchQueue.main.setSpecific(key: Self.mark, value: true)
        let manager = CacheManager()
        let answer = cached(ttl: 60, key: "answer", manager: manager) { () async in isOnMainQueue() }
        let isOnMain = try await answer()
        #expect(!isOnMain)
        #expect(isOnMainQueue())
    }

    @Test func nestedLoadsDoNotGrowTheStack() async throws {
        let manager = CacheManager()
        let chain = Chain(manager)
        #expect(try await chain.length(2000) == 2000)
    }
}

/// Loads of which each needs the next one.
private final class Chain: Sendable {
    private let manager: CacheManager

    init(_ manager: CacheManager) { self.manager = manager }

    func length(_ rest: Int) async throws -> Int {
        guard rest > 0 else { return 0 }
        return try await manager.getOrSet("chain:\(rest)") { try await self.length(rest - 1) + 1 }
    }
}
