// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import Testing

/// Tests of the entries that an old version of the library cannot read during a rollout, and must not replace.
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

    @Test func `an entry in a newer format is a miss and not a failure`() async throws {
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

    @Test func `calls do not overwrite an entry in a newer format`() async throws {
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

    @Test func `a load that stores nothing does not remove an entry in a newer format`() async throws {
        store["answer"] = newer[0]
        let function = cached(ttl: 60, key: "answer", manager: manager) { () async in
            LoadContext.current?.ttl = 0
            return 1
        }
        #expect(try await function() == 1)
        #expect(store["answer"] == newer[0])
    }

    /// Checks that a value that is set explicitly is stored, because it is newer than the stored one.
    ///
    /// Otherwise the newer version of the library would continue with an outdated value.
    @Test func `an explicit change overwrites an entry in a newer format`() async throws {
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

    @Test func twoVersionsDoNotAlternateInOverwriting() async throws {
        // The newer version finds its own entry, so it writes once. The older version loads each time and never writes.
        store["answer"] = newer[0]
        let writes = store.writes
        for _ in 0..<50 {
            _ = try await function()()
            #expect(store["answer"] == newer[0])
        }
        #expect(store.writes == writes)
        #expect(loads.count == 50)
        // When the entry is removed, the older version stores its own again.
        store["answer"] = nil
        #expect(try await function()() == 51)
        #expect(try await function()() == 51)
    }
}
