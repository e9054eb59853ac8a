// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingRedis
import RedisTestSupport
import Testing

/// Bytes on the server that this version did not write.
@Suite("Foreign bytes on a server")
struct StoredFormatTests {
    /// Changes a stored entry with a script, expects a miss, and calls a closure with a function that loads 99.
    private func damage(
        _ kind: RedisServer.Kind,
        _ script: String,
        _ check: (TwoProcesses, CachedFunction<Int>) async throws -> Void
    ) async throws {
        let processes = try await TwoProcesses(kind)
        try await processes.first.set("k", 42)
        // A script on the server changes bytes that are not valid text.
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
    func `an entry of a newer version is a miss and is kept`(kind: RedisServer.Kind) async throws {
        try await damage(kind, "redis.call('SETRANGE', KEYS[1], 2, string.char(3))") {
            (processes, function) async throws in
            let before = try await processes.command("GETRANGE", "test:k", "0", "1")
            for _ in 0..<3 { #expect(try await function() == 99) }
            #expect(try await processes.command("GETRANGE", "test:k", "0", "2") == before + "\u{3}")
            // An explicit set replaces the entry.
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
    func `damaged bytes are a miss and are replaced`(kind: RedisServer.Kind, script: String) async throws {
        try await damage(kind, script) { (processes, function) async throws in
            #expect(try await function() == 99)
            #expect(try await processes.second.get("k", as: Int.self) == 99)
        }
    }

    @Test(arguments: RedisServer.availableKinds)
    func `an entry under another key is a miss`(kind: RedisServer.Kind) async throws {
        let processes = try await TwoProcesses(kind)
        try await processes.first.set("k", 42)
        try await processes.command("RENAME", "test:k", "test:other")
        #expect(try await processes.first.get("other", as: Int.self) == nil)
        await processes.shutdown()
    }

    @Test(arguments: RedisServer.availableKinds)
    func `a key of another Redis type is a miss without an outage`(kind: RedisServer.Kind) async throws {
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
