// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingRedis
import RedisTestSupport
import Testing

@Suite("Formats of a configured cache", .enabled(if: RedisServer.isAvailable(.redis)), .timeLimit(.minutes(2)))
struct FormatTests {
    struct User: Codable, Sendable, Hashable {
        var id = 42
        var name = "Grace"
    }

    private func with(
        _ formats: [String],
        _ body: (RedisServer, Int, [CacheManager]) async throws -> Void
    ) async throws {
        let server = try await RedisServer.shared(.redis)
        let db = RedisServer.nextDatabase()
        var managers: [CacheManager] = []
        for format in formats {
            let settings = DriverFixture.settings(server, db: db, ["format": .text(format), "prefix": "shop"])
            managers.append(
                try await CacheManager.make(CacheConfiguration(["default": settings]), drivers: DriverFixture.drivers)
            )
        }
        let result: Result<Void, any Error>
        do { result = .success(try await body(server, db, managers)) } catch { result = .failure(error) }
        for manager in managers { await manager.shutdown() }
        try result.get()
    }

    /// Returns the stored bytes of an entry.
    private func stored(_ key: String, _ server: RedisServer, _ db: Int) async throws -> [UInt8] {
        guard case .bulk(let bytes) = try await server.reply(to: ["GET", "shop:default:" + key], database: db) else {
            return []
        }
        return bytes
    }

    @Test func `a service can switch between JSON and CBOR`() async throws {
        try await with(["envelope", "cbor"]) { server, db, managers in
            for (writer, codec) in zip(managers, [UInt8(1), 2]) {
                for isLoaded in [false, true] {
                    let key = "users:\(codec):\(isLoaded)"
                    if isLoaded {
                        _ = try await cached(ttl: 60, key: key, tags: ["users"], manager: writer) { () async in User()
                        }()
                    } else {
                        try await writer.set(key, User())
                    }
                    #expect(try await stored(key, server, db)[7] == codec)
                    for reader in managers { #expect(try await reader.get(key, as: User.self) == User()) }
                }
            }
            // Invalidations apply to entries of both formats.
            try await managers[0].invalidate(tag: "users")
            #expect(try await managers[1].get("users:2:true", as: User.self) == nil)
            #expect(try await managers[1].get("users:2:false", as: User.self) == User())
            try await managers[1].clear()
            #expect(try await managers[0].get("users:1:false", as: User.self) == nil)
        }
    }

    @Test func `plain JSON refuses tags without an outage`() async throws {
        try await with(["json"]) { server, db, managers in
            let manager = managers[0]
            try await manager.set("k", User())
            #expect(String(decoding: try await stored("k", server, db), as: UTF8.self) == #"{"id":42,"name":"Grace"}"#)
            let error = await #expect(throws: CacheError.self) { try await manager.invalidate(tag: "users") }
            #expect("\(error as Any)".contains("have no tags"), "\(error as Any)")
            // Plain JSON has no entries with tags, so no change was missed.
            #expect(try await manager.get("k", as: User.self) == User())
            await #expect(throws: CacheError.self) { try await manager.set("k", User(id: 7), tags: ["users"]) }
            // A refused set still invalidates the older value.
            #expect(try await manager.get("k", as: User.self) == nil)
            try await manager.set("k", User())
            try await manager.clear()
            #expect(try await stored("k", server, db).isEmpty)
        }
    }

    @Test func `plain JSON replaces unreadable envelopes`() async throws {
        try await with(["envelope", "json"]) { server, db, managers in
            try await managers[0].set("k", User())
            #expect(try await managers[1].get("k", as: User.self) == nil)
            #expect(try await cached(ttl: 60, key: "k", manager: managers[1]) { () async in User(id: 8) }().id == 8)
            #expect(try await stored("k", server, db).first == UInt8(ascii: "{"))
            #expect(try await managers[0].get("k", as: User.self) == nil)
        }
    }
}
