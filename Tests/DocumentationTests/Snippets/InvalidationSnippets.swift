// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import FileSystemBackend
import Testing

@Suite("The code in Invalidation.md")
struct InvalidationSnippets {
    @Test func everyInvalidation() async throws {
        let manager = CacheManager()
        try await withCacheManager(manager) {
            let database = Database()
            let service = UserService(database: database)
            let users = Cache<User>(namespace: "users", version: "v1")
            func fill() async throws {
                _ = try await service.user(42)
                try await users.set("42", User(id: 42, name: "Grace"))
                try await cache.set("users:all", [User]())
            }
            try await fill()

            try await service.$user.invalidate(42)  // by arguments
            try await cache.delete("users:all")  // by key
            try await cache.invalidate("users:*")  // by pattern
            try await cache.invalidate(tag: "user:42")  // by tag
            try await users.delete("42")  // one value of a namespace
            try await users.invalidate()  // a whole namespace
            try await cache.clear()  // everything in this cache

            #expect(manager.statistics.invalidations == 7)
            try await fill()
            let count = try await cache.invalidate("users:*")
            #expect(count == 2)
            #expect(try await users.get("42") != nil)
        }
    }

    @Test func aSupersededLoadIsNotStored() async throws {
        let (started, start) = AsyncStream<Void>.makeStream()
        let (released, release) = AsyncStream<Void>.makeStream()
        try await withCacheManager(CacheManager()) {
            let user = cached(ttl: 600, key: { "users:\($0)" }) { (id: Int) async -> String in
                start.yield()
                for await _ in released { break }
                return "the old name"
            }

            let reader = Task { try await user(42) }  // begins a load
            for await _ in started { break }
            try await user.invalidate(42)  // while it runs
            release.yield()

            #expect(try await reader.value == "the old name")  // the reader called before the change
            #expect(try await user.peek(42) == nil)  // and its value was not stored
        }
    }

    @Test func `a tag hides an entry on a backend of six functions`() async throws {
        let directory = TemporaryDirectory()
        let clock = ManualClock()
        let backend = FileSystemBackend(directory: directory.path, clock: clock)
        let manager = CacheManager(backend: backend, clock: clock)

        try await manager.set("users:1", "Ada", tags: ["team:7"])
        try await manager.invalidate(tag: "team:7")

        let entry = try await backend.get("users:1")  // still there, and older than the stamp
        let value: String? = try await manager.get("users:1")  // so it is absent

        #expect(entry != nil && value == nil)
    }

    @Test func aNewVersionFindsNothingOld() async throws {
        let backend = MemoryBackend()
        let old = CacheManager(backend: backend, version: "v1")
        let new = CacheManager(backend: backend, version: "v2")
        try await old.set("k", 1)
        #expect(try await new.get("k", as: Int.self) == nil)
        #expect(backend.count == 1)
    }
}
