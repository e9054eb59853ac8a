// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingRedis
import RedisTestSupport
import Testing

/// The ACL rule of the guide, which is sufficient and minimal.
@Suite("ACL rule of the Redis guide", .timeLimit(.minutes(3)))
struct GuideRuleTests {
    private static let prefix = "warehouse"

    /// Runs all operations of a cache as a user with a rule.
    private func exercise(_ server: RedisServer, password: String, missing: String? = nil) async throws {
        let isWhole = missing == "nothing"
        var failures: [any Error] = []
        for format in ["envelope", "json"] {
            let settings = DriverFixture.settings(
                server,
                db: isWhole ? 1 : 0,
                [
                    "username": "someone", "password": .text(password), "prefix": .text(Self.prefix),
                    "format": .text(format),
                ]
            )
            try await DriverFixture.withManager(CacheConfiguration(["default": settings])) { manager in
                manager.startBackgroundWork()
                let steps: [() async throws -> Void] = [
                    { try await manager.ping() },
                    { try await manager.set("a", 1) },
                    { if try await manager.get("a", as: Int.self) != 1 { throw TestSupportError("not stored") } },
                    { if try await !manager.has("a") { throw TestSupportError("not there") } },
                    { if try await manager.ttl(of: "a") == nil { throw TestSupportError("no lifetime") } },
                    { _ = try await cached(ttl: 60, key: "b", manager: manager) { () async in 2 }() },
                    { if try await manager.get("b", as: Int.self) != 2 { throw TestSupportError("not stored") } },
                    { try await manager.delete("a") },
                    { try await manager.set("c:1", 1) },
                    { _ = try await manager.invalidate("c:*") },
                    { try await tags(manager, format) },
                    { try await manager.set("d", 1) },
                    { try await manager.clear() },
                    { if try await manager.get("d", as: Int.self) != nil { throw TestSupportError("not cleared") } },
                ]
                for step in steps {
                    do { try await step() } catch { failures.append(error) }
                }
                guard isWhole || failures.isEmpty else { return }
                // The background sweep frees the entry, or is refused.
                try await Waiting.until("the sweep") {
                    let connection = try RESPConnection(to: server.endpoint)
                    if isWhole { _ = try connection.send(["SELECT", "1"]) }
                    return try connection.send(["EXISTS", "\(Self.prefix):default:d"]).description == "0"
                        || (try connection.send(["ACL", "LOG"]).description.contains(missing?.dropFirst() ?? "-"))
                }
            }
        }
        if let first = failures.first { throw first }
    }

    private func tags(_ manager: CacheManager, _ format: String) async throws {
        guard format != "json" else { return }
        // Lifetimes that extend the lifetime of a stamp, and one without end.
        for lifetime in [TTL.seconds(60), .seconds(40 * 86_400), .forever] {
            try await manager.set("t", 1, ttl: lifetime, tags: ["u"])
        }
        if try await manager.get("t", as: Int.self) != 1 { throw TestSupportError("not stored") }
        try await manager.invalidate(tag: "u")
        if try await manager.get("t", as: Int.self) != nil { throw TestSupportError("not invalidated") }
    }

    private func setUser(_ server: RedisServer, _ rule: [String]) async throws -> String {
        let reply = try await server.reply(to: ["ACL", "SETUSER", "someone", "reset"] + rule)
        #expect(reply.description == "OK")
        _ = try await server.reply(to: ["ACL", "LOG", "RESET"])
        return try #require(rule.first { $0.hasPrefix(">") }).dropFirst().description
    }

    private func refusals(_ server: RedisServer) async throws -> String {
        try await server.reply(to: ["ACL", "LOG"]).description
    }

    @Test(arguments: RedisServer.availableKinds)
    func `the rule permits all operations`(kind: RedisServer.Kind) async throws {
        try await RedisServer.withServer(kind) { server in
            let password = try await setUser(server, try GuideBlocks.rule(prefix: Self.prefix, for: kind))
            try await exercise(server, password: password, missing: "nothing")
            #expect(try await refusals(server).isEmpty)
        }
    }

    @Test(arguments: RedisServer.availableKinds)
    func `the rule permits the name of the connection`(kind: RedisServer.Kind) async throws {
        try await RedisServer.withServer(kind) { server in
            let password = try await setUser(server, try GuideBlocks.rule(prefix: Self.prefix, for: kind))
            let settings = DriverFixture.settings(
                server,
                db: 1,
                ["username": "someone", "password": .text(password), "prefix": .text(Self.prefix)]
            )
            try await DriverFixture.withManager(CacheConfiguration(["default": settings])) { _ in
                let count = try await Waiting.run { try DriverFixture.connections(server, db: 1) }
                #expect(count == 1)
            }
        }
    }

    /// The last line of the rule is only needed for `db` and for the name of the connection.
    @Test(arguments: RedisServer.availableKinds)
    func `every permission of the rule is needed`(kind: RedisServer.Kind) async throws {
        try await RedisServer.withServer(kind) { server in
            let rule = try GuideBlocks.rule(prefix: Self.prefix, for: kind)
            let optional = ["+select", "+client|setname", "+client|setinfo"]
            let needed = rule.filter { $0.hasPrefix("+") && !optional.contains($0) }
            #expect(needed.count == 14)
            let least = rule.filter { !optional.contains($0) }
            let password = try await setUser(server, least)
            try await exercise(server, password: password)
            for permission in needed {
                _ = try await server.reply(to: ["FLUSHALL"])
                _ = try await server.reply(to: ["SCRIPT", "FLUSH"])
                let password = try await setUser(server, least.filter { $0 != permission })
                var hasFailed = false
                do { try await exercise(server, password: password, missing: permission) } catch { hasFailed = true }
                let refusals = try await refusals(server)
                #expect(
                    hasFailed || refusals.contains(String(permission.dropFirst())),
                    "\(permission) is not needed: \(refusals)"
                )
            }
        }
    }
}
