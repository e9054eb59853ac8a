// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingRedis
import RedisTestSupport
import Testing

/// Invalidations that a server did not hear of, because it was away: what it comes back with is never served.
@Suite("Invalidations that a server missed")
struct MissedInvalidationTests {
    private func function(_ manager: CacheManager, _ source: Source<String>) -> CachedFunction<Int, String> {
        cached(ttl: 3600, key: { "k:\($0)" }, tags: ["all"], manager: manager) { (_: Int) async in source.value }
    }

    /// More and fewer keys than are remembered one by one.
    @Test(arguments: RedisServer.availableKinds, [MissedChanges.capacity + 200, 50])
    func aServerThatComesBackWithOldDataServesNothingOld(kind: RedisServer.Kind, count: Int) async throws {
        try await RedisServer.withServer(kind, ServerOptions(persistent: true)) { server in
            let manager = CacheManager(backend: try TestBackend.impatient(server.url))
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
            // The service goes on meanwhile.
            #expect(try await function(0) == "new")

            try await server.start()
            try await Waiting.until("there is a connection") { manager.health["default"]?.isConnected == true }
            for number in 0..<count { #expect(try await function(number) == "new") }
            for number in 0..<10 { #expect(try await manager.get("tagged:\(number)", as: String.self) == nil) }
            for key in ["set", "p:1"] { #expect(try await manager.get(key, as: String.self) == nil, "\(key)") }
            // And it is used as before.
            try await manager.waitUntilUsed()
            source.value = "newer"
            let before = manager.statistics.loads
            for number in 0..<20 { _ = try await function(number) }
            for number in 0..<20 { _ = try await function(number) }
            #expect(manager.statistics.loads <= before + 20)
            await manager.shutdown()
        }
    }

    @Test(arguments: RedisServer.availableKinds)
    func clearIsMadeUpForToo(kind: RedisServer.Kind) async throws {
        try await RedisServer.withServer(kind, ServerOptions(persistent: true)) { server in
            let manager = CacheManager(backend: try TestBackend.impatient(server.url))
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

    /// Another process serves the old data of a server that came back only until this one has made up for it.
    @Test(arguments: RedisServer.availableKinds)
    func theOtherProcessesSeeWhatIsMadeUpFor(kind: RedisServer.Kind) async throws {
        try await RedisServer.withServer(kind, ServerOptions(persistent: true)) { server in
            let first = CacheManager(backend: try TestBackend.impatient(server.url))
            let second = CacheManager(backend: try TestBackend.impatient(server.url))
            try await first.set("k", "old", tags: ["t"])
            try await first.set("l", "old")
            // A busy machine may make the first look of an impatient one a miss.
            try await second.waitUntilUsed()
            #expect(try await second.get("k", as: String.self) == "old")
            try await server.saveNow()
            server.kill()
            await #expect(throws: (any Error).self) { try await first.invalidate(tag: "t") }
            await #expect(throws: (any Error).self) { try await first.delete("l") }
            try await server.start()
            // Nobody reads in the first one: its connection is enough.
            let deadline = ContinuousClock.now + .seconds(60)
            var isOver = false
            while !isOver, ContinuousClock.now < deadline {
                try await second.waitUntilUsed()
                let values = (try await second.get("k", as: String.self), try await second.get("l", as: String.self))
                isOver = values.0 == nil && values.1 == nil
            }
            #expect(isOver)
            await first.shutdown()
            await second.shutdown()
        }
    }

    @Test(arguments: RedisServer.availableKinds)
    func aDeletionThatWasTooLateIsMadeUpFor(kind: RedisServer.Kind) async throws {
        try await RedisServer.withServer(kind) { server in
            let manager = CacheManager(backend: try TestBackend.impatient(server.url))
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
            try await manager.waitUntilUsed()
            for number in 0..<20 { #expect(try await function(number) == "new") }
            await manager.shutdown()
        }
    }

    /// The bytes of a connection that was given up are still in the server's buffers when it goes on.
    @Test(arguments: RedisServer.availableKinds)
    func whatAnAbandonedConnectionStillWritesIsNotServed(kind: RedisServer.Kind) async throws {
        try await RedisServer.withServer(kind) { server in
            let manager = CacheManager(backend: try TestBackend.impatient(server.url))
            let source = Source(String(repeating: "old", count: 5_000))
            try await manager.set("probe", 0)
            let door = Door()
            let slow = cached(ttl: 3600, key: { "s:\($0)" }, manager: manager) { (_: Int) async in
                let value = source.value
                await door.pass()
                return value
            }
            // Loads that have read nothing, and store what they have when the server hangs already.
            let callers = (0..<40).map { number in Task { try await slow(number) } }
            try await Waiting.until { door.arrivals == 40 }
            server.pause()
            door.open()
            for caller in callers { _ = try await caller.value }
            source.value = "new"
            for number in 0..<40 { await #expect(throws: (any Error).self) { try await slow.invalidate(number) } }
            try await Waiting.until("the connection is given up") { manager.health["default"]?.isConnected == false }
            server.resume()
            try await manager.waitUntilUsed()
            for _ in 0..<5 {
                for number in 0..<40 { #expect(try await slow(number) == "new") }
            }
            await manager.shutdown()
        }
    }
}
