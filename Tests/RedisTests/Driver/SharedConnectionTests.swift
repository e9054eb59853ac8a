// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingRedis
import RedisTestSupport
import Testing

@Suite(
    "Shared connections of configured caches",
    .enabled(if: RedisServer.isAvailable(.redis)),
    .timeLimit(.minutes(2))
)
struct SharedConnectionTests {
    private func waitForConnections(_ count: Int, _ server: RedisServer, db: Int) async throws {
        try await Waiting.until("\(count) connections") { try DriverFixture.connections(server, db: db) == count }
    }

    @Test func `caches on a server share a connection until the last shutdown`() async throws {
        let server = try await RedisServer.shared(.redis)
        let (db, other) = (RedisServer.nextDatabase(), RedisServer.nextDatabase())
        let configuration = CacheConfiguration([
            "default": DriverFixture.settings(server, db: db), "sessions": [:], "pages": ["ttl": 500],
            "elsewhere": ["db": .integer(other)],
        ])
        try await DriverFixture.withManager(configuration) { first in
            #expect(first.warnings.isEmpty)
            for name in first.names { try await first.named(name).set("k", 1) }
            #expect(try await Waiting.run { try DriverFixture.connections(server, db: db) } == 1)
            #expect(try await Waiting.run { try DriverFixture.connections(server, db: other) } == 1)
            try await DriverFixture.withManager(configuration) { second in
                for name in second.names {
                    let value = try await second.named(name).get("k", as: Int.self)
                    #expect(value == 1)
                }
                let count = try await Waiting.run { try DriverFixture.connections(server, db: db) }
                #expect(count == 1)
            }
            #expect(try await first.get("k", as: Int.self) == 1)
            #expect(try await Waiting.run { try DriverFixture.connections(server, db: db) } == 1)
        }
        try await waitForConnections(0, server, db: db)
        try await waitForConnections(0, server, db: other)
    }

    @Test func `managers leak nothing after a shutdown`() async throws {
        try await expectNothingLeft { server, configuration in
            try await DriverFixture.withManager(configuration) { try await $0.set("k", 1) }
        }
    }

    @Test func `managers leak nothing without a shutdown`() async throws {
        try await expectNothingLeft { server, configuration in
            let manager = try await CacheManager.make(configuration, drivers: DriverFixture.drivers)
            manager.startBackgroundWork()
            try await manager.set("k", 1)
            _ = try await cached(key: "other", manager: manager) { () async in 1 }()
        }
    }

    @Test func `released managers do not close a shared connection`() async throws {
        let server = try await RedisServer.shared(.redis)
        let db = RedisServer.nextDatabase()
        let configuration = CacheConfiguration(["default": DriverFixture.settings(server, db: db)])
        try await DriverFixture.withManager(configuration) { manager in
            for _ in 0..<20 {
                let dropped = try await CacheManager.make(configuration, drivers: DriverFixture.drivers)
                try await dropped.set("k", 1)
            }
            #expect(try await manager.get("k", as: Int.self) == 1)
            #expect(try await Waiting.run { try DriverFixture.connections(server, db: db) } == 1)
        }
        try await waitForConnections(0, server, db: db)
    }

    private func expectNothingLeft(_ body: (RedisServer, CacheConfiguration) async throws -> Void) async throws {
        let server = try await RedisServer.shared(.redis)
        let db = RedisServer.nextDatabase()
        let configuration = CacheConfiguration(["default": DriverFixture.settings(server, db: db), "sessions": [:]])
        let (descriptors, threads) = (FileDescriptors.count, Threads.count)
        for _ in 0..<100 { try await body(server, configuration) }
        // The counts include those of concurrent tests.
        try await Waiting.until("no more descriptors than before") { FileDescriptors.count < descriptors + 50 }
        try await Waiting.until("no more threads than before") { Threads.count < threads + 50 }
        try await waitForConnections(0, server, db: db)
    }
}
