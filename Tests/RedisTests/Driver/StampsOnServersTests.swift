// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingRedis
import RedisTestSupport
import Testing

@Suite("Stamps on servers", .timeLimit(.minutes(2)))
struct StampsOnServersTests {
    private func with(
        _ kind: RedisServer.Kind,
        format: RedisFormat = .envelope,
        _ body: (RedisServer, RedisBackend, RESPConnection) async throws -> Void
    ) async throws {
        try await RedisServer.withServer(kind) { server in
            var configuration = try RedisConfiguration(url: server.url)
            configuration.timeout = .seconds(20)
            configuration.connectTimeout = .seconds(20)
            configuration.format = format
            let backend = RedisBackend(configuration, prefix: "shop:")
            try await body(server, backend, try RESPConnection(to: server.endpoint))
            await backend.shutdown()
        }
    }

    private func entry(_ value: String, tags: [String] = [], freshUntil: Int64? = nil) -> CacheEntry {
        let encoded = EncodedValue(Array("\"\(value)\"".utf8), codecID: 1)
        return CacheEntry(value: encoded, createdAt: 0, freshUntil: freshUntil, expiresAt: nil, tags: tags)
    }

    @Test(arguments: RedisServer.availableKinds)
    func `an added tag that changed during a load prevents its fill`(kind: RedisServer.Kind) async throws {
        try await with(kind) { server, backend, administrator in
            let stamps = try await backend.stamps(of: [])
            _ = try await backend.invalidate(tag: "users")
            // The paused server reads its clock after the pause.
            #expect(try administrator.send(["CLIENT", "PAUSE", "300", "ALL"]).description == "OK")
            let isStored = try await backend.set("k", entry("old", tags: ["users"]), ttl: nil, stamps: stamps)
            #expect(!isStored)
            #expect(try await backend.get("k") == nil)
        }
    }

    @Test(arguments: RedisServer.availableKinds)
    func `an added tag that changed before a load permits its fill`(kind: RedisServer.Kind) async throws {
        try await with(kind) { server, backend, administrator in
            _ = try await backend.invalidate(tag: "users")
            // Longer ago than a round trip on a busy machine.
            let endpoint = server.endpoint
            let time: @Sendable () throws -> Int = {
                let words = try RESPConnection(to: endpoint).send(["TIME"]).description.split(separator: "\n")
                return (Int(words[0]) ?? 0) * 1000 + (Int(words[1]) ?? 0) / 1000
            }
            let begin = try time()
            try await Waiting.until("half a second of the server") { try time() - begin > 500 }
            let stamps = try await backend.stamps(of: [])
            #expect(
                try await backend.set("k", entry("new", tags: ["users", "fresh", "users"]), ttl: nil, stamps: stamps)
            )
            #expect(try await backend.get("k")?.tags == ["users", "fresh", "users"])
        }
    }

    /// Canonically equivalent texts, which are two keys on the server.
    @Test(arguments: RedisServer.availableKinds)
    func `tags that differ in their bytes are different`(kind: RedisServer.Kind) async throws {
        try await with(kind) { server, backend, administrator in
            let tags = ["caf\u{E9}", "cafe\u{301}"]
            for (index, tag) in tags.enumerated() {
                let stamps = try await backend.stamps(of: tags)
                #expect(try await backend.set("k", entry("v", tags: [tags[1]]), ttl: nil, stamps: stamps))
                _ = try await backend.invalidate(tag: tag)
                let isThere = try await backend.get("k", tags: tags).entry.get() != nil
                #expect(isThere == (index == 0))
            }
        }
    }

    @Test(arguments: RedisServer.availableKinds, ["nonsense", "", "-1", "1e300", "99999999999999999999999999", "0x10"])
    func `an invalid stamp is replaced`(kind: RedisServer.Kind, nonsense: String) async throws {
        try await with(kind) { server, backend, administrator in
            for key in ["shop:\u{1F}version", "shop:\u{1F}tag:users"] {
                _ = try administrator.send(["SET", key, nonsense])
                let stamps = try await backend.stamps(of: ["users"])
                #expect(try await backend.set("k", entry("v", tags: ["users"]), ttl: nil, stamps: stamps))
                #expect(try await backend.get("k") != nil)
                _ = try administrator.send(["SET", key, nonsense])
                _ = try await backend.invalidate(tag: "users")
                try await backend.clear()
                #expect(try await backend.get("k") == nil)
            }
        }
    }

    @Test(arguments: RedisServer.availableKinds)
    func `a sweep frees invalidated entries only`(kind: RedisServer.Kind) async throws {
        try await with(kind) { server, backend, administrator in
            for number in 0..<700 { try await backend.set("old\(number)", entry("v"), ttl: nil) }
            // Values of other formats have no stamp at its offset.
            let foreign = String(repeating: "\0", count: 200)
            _ = try administrator.send(["SET", "shop:newer", "SC\u{3}" + foreign])
            _ = try administrator.send(["SET", "shop:other", foreign])
            _ = try administrator.send(["RPUSH", "shop:list", "element"])
            _ = try administrator.send(["SET", "neighbour", foreign])
            let work = Task { await backend.run() }
            try await backend.clear()
            for number in 0..<10 { try await backend.set("new\(number)", entry("v"), ttl: nil) }
            // The new entries, the stamp, and four other keys.
            let endpoint = server.endpoint
            try await Waiting.until("the end of the sweep") {
                try RESPConnection(to: endpoint).send(["DBSIZE"]).description == "15"
            }
            for number in 0..<10 { #expect(try await backend.get("new\(number)") != nil) }
            work.cancel()
            await work.value
        }
    }

    @Test(arguments: RedisServer.availableKinds)
    func `the source code of a script is sent once`(kind: RedisServer.Kind) async throws {
        try await with(kind) { server, backend, administrator in
            let work = Task { await backend.run() }
            let endpoint = server.endpoint
            for round in 0..<3 {
                let stamps = try await backend.stamps(of: ["t\(round)"])
                _ = try await backend.set("k", entry("v", tags: ["t\(round)"]), ttl: .seconds(60), stamps: stamps)
                _ = try await backend.invalidate(tag: "t\(round)")
                try await backend.clear()
                try await Waiting.until("the sweep") {
                    try RESPConnection(to: endpoint).send(["EXISTS", "shop:k"]).description == "0"
                }
            }
            let counts = try administrator.send(["INFO", "commandstats"]).description
            // Four scripts; with a wrong digest, the source code would be sent each time.
            #expect(counts.contains("cmdstat_eval:calls=4,"), "\(counts)")
            work.cancel()
        }
    }

    @Test(arguments: RedisServer.availableKinds)
    func `a stamp outlives its longest entry by a day`(kind: RedisServer.Kind) async throws {
        try await with(kind) { server, backend, administrator in
            let day = 86_400
            // The first set sends the source code of the scripts, and the second their digests.
            for (lifetime, days) in [(Duration.seconds(60), 30), (.seconds(40 * day), 41), (.seconds(50 * day), 51)] {
                _ = try administrator.send(["SCRIPT", "FLUSH"])
                let stamps = try await backend.stamps(of: ["t"])
                for _ in 0..<2 {
                    _ = try await backend.set("k", entry("v", tags: ["t"]), ttl: lifetime, stamps: stamps)
                }
                let left = try #require(Int(try administrator.send(["TTL", "shop:\u{1F}tag:t"]).description))
                #expect((days * day - 60...days * day).contains(left), "\(lifetime): \(left)")
            }
            _ = try await backend.set("k", entry("v", tags: ["t"]), ttl: nil)
            #expect(try administrator.send(["TTL", "shop:\u{1F}tag:t"]).description == "-1")
        }
    }

    @Test(arguments: RedisServer.availableKinds)
    func `an expired plain JSON value removes the older one`(kind: RedisServer.Kind) async throws {
        try await with(kind, format: .json) { server, backend, administrator in
            try await backend.set("k", entry("v"), ttl: nil)
            #expect(try await backend.get("k") != nil)
            try await backend.set("k", entry("w", freshUntil: 1), ttl: .seconds(60))
            #expect(try await backend.get("k") == nil)
        }
    }

    @Test func `the cache is read again after a refused pattern`() async throws {
        guard RedisServer.isAvailable(.redis) else { return }
        try await RedisServer.withServer(.redis) { server in
            try await server.command("ACL", "SETUSER", "default", "-scan")
            try await DriverFixture.withManager(CacheConfiguration(["default": DriverFixture.settings(server, db: 0)]))
            {
                manager in
                try await manager.set("users:1", 1)
                await #expect(throws: CacheError.self) { try await manager.invalidate("users:*") }
                // The entry must not be served, and the other matching ones are unknown.
                #expect(try await manager.get("users:1", as: Int.self) == nil)
                for _ in 0..<200 {
                    try await manager.set("users:2", 2)
                    if try await manager.get("users:2", as: Int.self) == 2 { return }
                }
                Issue.record("the cache is not read again")
            }
        }
    }
}
