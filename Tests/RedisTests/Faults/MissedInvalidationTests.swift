// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingRedis
import RedisTestSupport
import Testing

/// Invalidations during an outage: the server returns with old data, which is never served.
@Suite("Missed invalidations")
struct MissedInvalidationTests {
    private func function(_ manager: CacheManager, _ source: Source<String>) -> CachedFunction<Int, String> {
        cached(ttl: 3600, key: { "k:\($0)" }, tags: ["all"], manager: manager) { (_: Int) async in source.value }
    }

    /// More keys than are remembered individually, and fewer.
    @Test(arguments: RedisServer.availableKinds, [MissedChanges.capacity + 200, 50])
    func `invalidated entries of a restarted server are not served`(kind: RedisServer.Kind, count: Int) async throws {
        try await RedisServer.withServer(kind, ServerOptions(persistent: true)) { server in
            let manager = CacheManager(backend: try TestBackend.withShortTimeouts(server.url))
            let source = Source("old")
            let function = function(manager, source)
            for number in 0..<count { #expect(try await function(number) == "old") }
            for number in 0..<10 { try await manager.set("tagged:\(number)", "old", tags: ["t\(number)"]) }
            try await manager.set("set", "old")
            try await manager.set("p:1", "old")
            try await server.saveNow()
            server.kill()

            source.value = "new"
            for number in 0..<count {
                await #expect(throws: (any Error).self) { try await function.invalidate(number) }
            }
            for number in 0..<10 {
                await #expect(throws: (any Error).self) { try await manager.invalidate(tag: "t\(number)") }
            }
            await #expect(throws: (any Error).self) { try await manager.set("set", "new") }
            await #expect(throws: (any Error).self) { try await manager.invalidate("p:*") }
            // Loads work during the outage.
            #expect(try await function(0) == "new")

            try await server.start()
            try await Waiting.until("there is a connection") { manager.health["default"]?.isConnected == true }
            for number in 0..<count { #expect(try await function(number) == "new") }
            for number in 0..<10 { #expect(try await manager.get("tagged:\(number)", as: String.self) == nil) }
            for key in ["set", "p:1"] { #expect(try await manager.get(key, as: String.self) == nil, "\(key)") }
            // The server is used as before.
            try await manager.waitUntilUsable()
            source.value = "newer"
            let before = manager.statistics.loads
            for number in 0..<20 { _ = try await function(number) }
            for number in 0..<20 { _ = try await function(number) }
            #expect(manager.statistics.loads <= before + 20)
            await manager.shutdown()
        }
    }

    @Test(arguments: RedisServer.availableKinds)
    func `a missed clear is replayed`(kind: RedisServer.Kind) async throws {
        try await RedisServer.withServer(kind, ServerOptions(persistent: true)) { server in
            let manager = CacheManager(backend: try TestBackend.withShortTimeouts(server.url))
            for number in 0..<20 { try await manager.set("k:\(number)", "old") }
            try await server.saveNow()
            server.kill()
            await #expect(throws: (any Error).self) { try await manager.clear() }
            try await server.start()
            try await Waiting.until("there is a connection") { manager.health["default"]?.isConnected == true }
            for number in 0..<20 { #expect(try await manager.get("k:\(number)", as: String.self) == nil) }
            await manager.shutdown()
        }
    }

    /// Another process may serve old data only until this one has replayed the changes.
    @Test(arguments: RedisServer.availableKinds)
    func `replayed changes are visible to other processes`(kind: RedisServer.Kind) async throws {
        try await RedisServer.withServer(kind, ServerOptions(persistent: true)) { server in
            let first = CacheManager(backend: try TestBackend.withShortTimeouts(server.url))
            let second = CacheManager(backend: try TestBackend.withShortTimeouts(server.url))
            try await first.set("k", "old", tags: ["t"])
            try await first.set("l", "old")
            // With short timeouts, the first read is a miss on a busy machine.
            try await second.waitUntilUsable()
            #expect(try await second.get("k", as: String.self) == "old")
            try await server.saveNow()
            server.kill()
            await #expect(throws: (any Error).self) { try await first.invalidate(tag: "t") }
            await #expect(throws: (any Error).self) { try await first.delete("l") }
            try await server.start()
            // The first manager replays the changes when it is connected, without a read.
            let deadline = ContinuousClock.now + .seconds(60)
            var isOver = false
            while !isOver, ContinuousClock.now < deadline {
                try await second.waitUntilUsable()
                let values = (try await second.get("k", as: String.self), try await second.get("l", as: String.self))
                isOver = values.0 == nil && values.1 == nil
            }
            #expect(isOver)
            await first.shutdown()
            await second.shutdown()
        }
    }

    @Test(arguments: RedisServer.availableKinds)
    func `deletions that timed out are replayed`(kind: RedisServer.Kind) async throws {
        try await RedisServer.withServer(kind) { server in
            let manager = CacheManager(backend: try TestBackend.withShortTimeouts(server.url))
            let source = Source("old")
            let function = function(manager, source)
            for number in 0..<20 { #expect(try await function(number) == "old") }
            server.pause()
            source.value = "new"
            for number in 0..<20 { await #expect(throws: (any Error).self) { try await function.invalidate(number) } }
            await #expect(throws: (any Error).self) { try await manager.invalidate(tag: "all") }
            server.resume()
            for _ in 0..<3 {
                for number in 0..<20 { #expect(try await function(number) == "new") }
            }
            try await manager.waitUntilUsable()
            for number in 0..<20 { #expect(try await function(number) == "new") }
            await manager.shutdown()
        }
    }

    /// The bytes of an abandoned connection are in the buffers of the server when it resumes.
    @Test(arguments: RedisServer.availableKinds)
    func `late writes of an abandoned connection are not served`(kind: RedisServer.Kind) async throws {
        try await RedisServer.withServer(kind) { server in
            let manager = CacheManager(backend: try TestBackend.withShortTimeouts(server.url))
            let source = Source(String(repeating: "old", count: 5_000))
            try await manager.set("probe", 0)
            let gate = Gate()
            let slow = cached(ttl: 3600, key: { "s:\($0)" }, manager: manager) { (_: Int) async in
                let value = source.value
                await gate.pass()
                return value
            }
            // Loads that began before the server hangs, and store their values while it hangs.
            let callers = (0..<40).map { number in Task { try await slow(number) } }
            try await Waiting.until { gate.arrivals == 40 }
            server.pause()
            gate.open()
            for caller in callers { _ = try await caller.value }
            source.value = "new"
            for number in 0..<40 { await #expect(throws: (any Error).self) { try await slow.invalidate(number) } }
            try await Waiting.until("the connection is closed") { manager.health["default"]?.isConnected == false }
            server.resume()
            try await manager.waitUntilUsable()
            for _ in 0..<5 {
                for number in 0..<40 { #expect(try await slow(number) == "new") }
            }
            await manager.shutdown()
        }
    }
}
