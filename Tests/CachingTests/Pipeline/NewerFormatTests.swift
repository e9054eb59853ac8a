// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import Testing

/// While a new version is rolled out, the old one meets entries that it cannot read and must not replace.
@Suite("Entries of a newer version")
struct NewerFormatTests {
    private let store = ByteStore()
    private let clock = ManualClock()
    private let loads = CallCounter()
    private let manager: CacheManager
    private let newer: [[UInt8]]

    init() async throws {
        manager = CacheManager(backend: store, clock: clock)
        try await manager.set("answer", 42)
        let bytes = try #require(store["answer"])
        newer = [Tampering.newerFormat(bytes), Tampering.unknownFlag(bytes)]
    }

    private func function(_ policy: CachePolicy = CachePolicy()) -> CachedFunction<Int> {
        cached(ttl: 60, key: "answer", manager: manager, policy: policy) { [loads] () async in loads.increment() }
    }

    @Test func isAMissOnEveryRoadAndNotAFailure() async throws {
        for bytes in newer {
            store["answer"] = bytes
            #expect(try await manager.get("answer", as: Int.self) == nil)
            #expect(try await manager.has("answer") == false)
            #expect(try await manager.ttl(of: "answer") == nil)
            #expect(try await function().peek() == nil)
        }
        #expect(manager.statistics.backendFailures == 0)
        #expect(manager.health["default"]?.consecutiveFailures == 0)
    }

    @Test func isNotOverwrittenByACallHoweverOften() async throws {
        let policies = [
            CachePolicy(), CachePolicy(staleWhileRevalidate: .seconds(60)), CachePolicy(staleIfError: .seconds(60)),
            CachePolicy(nilPolicy: .skip),
        ]
        for bytes in newer {
            for policy in policies {
                store["answer"] = bytes
                let (writes, before) = (store.writes, loads.count)
                for call in 1...3 { #expect(try await function(policy)() == before + call) }
                #expect(store["answer"] == bytes)
                #expect(store.writes == writes)
            }
        }
    }

    @Test func isNotRemovedByALoadThatKeepsNothing() async throws {
        store["answer"] = newer[0]
        let function = cached(ttl: 60, key: "answer", manager: manager) { () async in
            LoadContext.current?.ttl = 0
            return 1
        }
        #expect(try await function() == 1)
        #expect(store["answer"] == newer[0])
    }

    /// What somebody sets is newer than whatever is stored: if it were left out, the newer version would go on with what
    /// is known to be wrong.
    @Test func isOverwrittenByWhatIsExplicitlySet() async throws {
        for bytes in newer {
            store["answer"] = bytes
            try await manager.set("answer", 7)
            #expect(try await manager.get("answer", as: Int.self) == 7)
            store["answer"] = bytes
            try await function().prime(8)
            #expect(try await function()() == 8)
            store["answer"] = bytes
            #expect(try await manager.delete("answer"))
            #expect(store["answer"] == nil)
        }
    }

    @Test func twoVersionsDoNotOverwriteEachOtherInTurns() async throws {
        // The newer one finds its own entry, so it writes once; the older one loads each time and writes never.
        store["answer"] = newer[0]
        let writes = store.writes
        for _ in 0..<50 {
            _ = try await function()()
            #expect(store["answer"] == newer[0])
        }
        #expect(store.writes == writes)
        #expect(loads.count == 50)
        // As soon as it is gone the older one is served again.
        store["answer"] = nil
        #expect(try await function()() == 51)
        #expect(try await function()() == 51)
    }
}
