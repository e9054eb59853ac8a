// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingRedis
import RedisTestSupport
import Testing

/// Clearing one of several caches with different prefixes on one backend.
@Suite("Clearing a cache that shares its backend")
struct SharedClearTests {
    private func manager(_ kind: RedisServer.Kind, database: Int, _ prefix: String) async throws -> CacheManager {
        let backend = try await TestBackend.make(kind, database: database)
        return CacheManager(backend: backend, named: ["other": backend], prefix: prefix)
    }

    @Test(arguments: RedisServer.availableKinds)
    func `clear supersedes loads of other processes`(kind: RedisServer.Kind) async throws {
        let database = RedisServer.nextDatabase()
        let first = try await manager(kind, database: database, "app")
        let second = try await manager(kind, database: database, "app")
        let (started, start) = AsyncStream<Void>.makeStream()
        let (released, release) = AsyncStream<Void>.makeStream()
        let function = cached(ttl: 60, key: "k", manager: second) { () async in
            start.yield()
            for await _ in released { break }
            return "old"
        }
        let load = Task { try await function() }
        for await _ in started { break }
        try await first.clear()
        release.yield()
        #expect(try await load.value == "old")
        #expect(try await second.get("k", as: String.self) == nil)
        #expect(try await first.get("k", as: String.self) == nil)
        await first.shutdown()
        await second.shutdown()
    }

    @Test(arguments: RedisServer.availableKinds)
    func `clear keeps the entries of other caches`(kind: RedisServer.Kind) async throws {
        let database = RedisServer.nextDatabase()
        let app = try await manager(kind, database: database, "app")
        let shop = try await manager(kind, database: database, "shop")
        for manager in [app, shop] {
            try await manager.set("k", 1, tags: ["t"])
            try await manager.named("other").set("k", 2)
        }
        try await app.clear()
        #expect(try await app.get("k", as: Int.self) == nil)
        #expect(try await app.named("other").get("k", as: Int.self) == 2)
        #expect(try await shop.get("k", as: Int.self) == 1)
        try await app.invalidate(tag: "t")
        #expect(try await shop.get("k", as: Int.self) == 1)
        try await app.set("k", 3)
        #expect(try await app.get("k", as: Int.self) == 3)
        await app.shutdown()
        await shop.shutdown()
    }
}
