// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingRedis
import RedisTestSupport
import Testing

@Suite("Outages of a configured cache", .timeLimit(.minutes(2)))
struct OutageTests {
    @Test(arguments: RedisServer.availableKinds)
    func `events and health report an outage`(kind: RedisServer.Kind) async throws {
        try await RedisServer.withServer(kind) { server in
            try await DriverFixture.withManager(CacheConfiguration(["default": DriverFixture.settings(server, db: 0)]))
            {
                manager in
                try await manager.ping()
                #expect(manager.health["default"]?.isConnected == true)
                #expect(manager.health["default"]?.lastFailure == nil)
                var events = manager.events().makeAsyncIterator()
                server.kill()
                try await expect("disconnected", &events) { if case .backendDisconnected = $0 { true } else { false } }
                #expect(manager.health["default"]?.isConnected == false)
                #expect(manager.health["default"]?.lastFailure != nil)
                let error = await #expect(throws: CacheError.self) { try await manager.ping() }
                #expect("\(error as Any)".contains("answer for the cache"), "\(error as Any)")
                try await server.restart()
                try await expect("connected", &events) { if case .backendConnected = $0 { true } else { false } }
                #expect(manager.health["default"]?.isConnected == true)
                try await manager.ping()
                try await manager.set("k", 1)
                #expect(try await manager.get("k", as: Int.self) == 1)
            }
        }
    }

    /// Expects that an event occurs.
    private func expect(
        _ name: String,
        _ events: inout CacheEvents.AsyncIterator,
        _ isIt: (CacheEvent.Kind) -> Bool
    ) async throws {
        for _ in 0..<1000 {
            guard let event = await events.next() else { break }
            if isIt(event.kind) { return }
        }
        Issue.record("no event: \(name)")
    }

    @Test(arguments: RedisServer.availableKinds)
    func `passwords with and without a user authenticate`(kind: RedisServer.Kind) async throws {
        try await RedisServer.withServer(kind, ServerOptions(password: "secret")) { server in
            let administrator = try await Waiting.run {
                let connection = try RESPConnection(to: server.endpoint)
                _ = try connection.send(["AUTH", "secret"])
                return try connection.send(["ACL", "SETUSER", "shop", "on", ">pa:ss@", "~*", "+@all"]).description
            }
            #expect(administrator == "OK")
            for url in ["redis://:secret@127.0.0.1:\(server.port)", "redis://shop:pa%3Ass%40@127.0.0.1:\(server.port)"]
            {
                let settings: [String: ConfigurationValue] = [
                    "driver": "redis", "url": .text(url), "timeout": "20s", "connect_timeout": "20s",
                    "startup_check": "required",
                ]
                try await DriverFixture.withManager(CacheConfiguration(["default": settings])) { manager in
                    try await manager.set("k", url)
                    #expect(try await manager.get("k", as: String.self) == url)
                }
            }
        }
    }
}
