// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import Testing

struct NamespaceTests {
    @Test(arguments: [RecordingBackend.Storage?.none, .values, .bytes])
    func `invalidating a namespace keeps those that have its name as their prefix`(storage: RecordingBackend.Storage?)
        async throws
    {
        let backend: any CacheBackend = storage.map { RecordingBackend(storage: $0) } ?? MemoryBackend()
        let manager = CacheManager(backend: backend, timeout: .seconds(30))
        let own = Cache<Int>(namespace: "a", manager: manager)
        let others = [
            Cache<Int>(namespace: "b", prefix: "a", manager: manager),
            Cache<Int>(namespace: "c", prefix: "a", version: "b", manager: manager),
            Cache<Int>(namespace: "d", version: "a", manager: manager),
        ]
        for identifier in ["1", "b:1", "a:b"] { try await own.set(identifier, 1) }
        for other in others { try await other.set("1", 1) }
        #expect(try await own.invalidate() == 3)
        for other in others { #expect(try await other.has("1")) }
        #expect(try await others[1].invalidate("1*") == 1)
    }

    @Test(arguments: ["", " ", "a\n"])
    func `each operation refuses a namespace without a name`(name: String) async throws {
        let manager = CacheManager()
        try await manager.set("k", 1)
        let cache = Cache<Int>(namespace: name, manager: manager)
        let refusals = [
            await #expect(throws: CacheError.self) { try await cache.get("k") },
            await #expect(throws: CacheError.self) { try await cache.set("k", 1) },
            await #expect(throws: CacheError.self) { try await cache.getOrSet("k") { 1 } },
            await #expect(throws: CacheError.self) { try await cache.has("k") },
            await #expect(throws: CacheError.self) { try await cache.ttl(of: "k") },
            await #expect(throws: CacheError.self) { try await cache.delete("k") },
            await #expect(throws: CacheError.self) { try await cache.invalidate() },
        ]
        for refusal in refusals { #expect(refusal.map { "\($0)".contains("it is to be a namespace, and it") } == true) }
        #expect(try await manager.has("k"))
    }
}
