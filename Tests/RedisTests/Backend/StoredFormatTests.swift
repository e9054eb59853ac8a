// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingRedis
import RedisTestSupport
import Testing

/// Bytes on the server that this version did not write.
@Suite("Formats meet on a server")
struct StoredFormatTests {
    /// A function that loads 99, with a place for its entry and the events of its manager.
    private func damage(
        _ kind: RedisServer.Kind,
        _ script: String,
        _ check: (TwoProcesses, CachedFunction<Int>) async throws -> Void
    ) async throws {
        let processes = try await TwoProcesses(kind)
        try await processes.first.set("k", 42)
        // Scripts of the server change bytes without a word of text between.
        #expect(try await processes.command("EVAL", script, "1", "test:k") == "(nil)")
        let function = cached(key: "k", manager: processes.first) { () async in 99 }
        let events = processes.first.events()
        #expect(try await processes.first.get("k", as: Int.self) == nil)
        for await event in events {
            if case .unreadable = event.kind { break }
        }
        #expect(processes.first.statistics.backendFailures == 0)
        try await check(processes, function)
        #expect(processes.first.health["default"]?.isAvailable == true)
        await processes.shutdown()
    }

    @Test(arguments: RedisServer.availableKinds)
    func anEntryOfANewerVersionIsAMissAndStays(kind: RedisServer.Kind) async throws {
        try await damage(kind, "redis.call('SETRANGE', KEYS[1], 2, string.char(3))") {
            (processes, function) async throws in
            let before = try await processes.command("GETRANGE", "test:k", "0", "1")
            for _ in 0..<3 { #expect(try await function() == 99) }
            #expect(try await processes.command("GETRANGE", "test:k", "0", "2") == before + "\u{3}")
            // Somebody asks for it, and gets it.
            try await processes.first.set("k", 7)
            #expect(try await processes.second.get("k", as: Int.self) == 7)
        }
    }

    @Test(
        arguments: RedisServer.availableKinds,
        [
            "redis.call('SETRANGE', KEYS[1], 60, 'x')", "redis.call('SET', KEYS[1], 'text of somebody')",
            "redis.call('SET', KEYS[1], '')",
            "redis.call('SET', KEYS[1], string.sub(redis.call('GET', KEYS[1]), 1, 50))",
            "redis.call('APPEND', KEYS[1], 'x')",
        ]
    )
    func damagedBytesAreAMissAndReplaced(kind: RedisServer.Kind, script: String) async throws {
        try await damage(kind, script) { (processes, function) async throws in
            #expect(try await function() == 99)
            #expect(try await processes.second.get("k", as: Int.self) == 99)
        }
    }

    @Test(arguments: RedisServer.availableKinds)
    func anEntryUnderAnotherKeyIsAMiss(kind: RedisServer.Kind) async throws {
        let processes = try await TwoProcesses(kind)
        try await processes.first.set("k", 42)
        try await processes.command("RENAME", "test:k", "test:other")
        #expect(try await processes.first.get("other", as: Int.self) == nil)
        await processes.shutdown()
    }

    @Test(arguments: RedisServer.availableKinds)
    func aKeyOfAnotherTypeIsAMissAndNoOutage(kind: RedisServer.Kind) async throws {
        let processes = try await TwoProcesses(kind)
        try await processes.first.set("other", 1)
        try await processes.command("LPUSH", "test:k", "1")
        let function = cached(key: "k", manager: processes.first) { () async in 99 }
        for _ in 0..<10 { #expect(try await function() == 99) }
        #expect(try await processes.first.get("other", as: Int.self) == 1)
        #expect(processes.first.health["default"]?.isAvailable == true)
        await processes.shutdown()
    }
}
