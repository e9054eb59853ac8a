// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingRedis
import RedisTestSupport
import Testing

@Suite("Sweeps during writes", .timeLimit(.minutes(2)))
struct SweepDuringWritesTests {
    private func backend(_ url: String) throws -> RedisBackend {
        var configuration = try RedisConfiguration(url: url)
        configuration.timeout = .seconds(20)
        configuration.connectTimeout = .seconds(20)
        return RedisBackend(configuration, prefix: "shop:")
    }

    private func entry(_ value: String) -> CacheEntry {
        let encoded = EncodedValue(Array("\"\(value)\"".utf8), codecID: 1)
        return CacheEntry(value: encoded, createdAt: 0, freshUntil: nil, expiresAt: nil, tags: [])
    }

    @Test(arguments: RedisServer.availableKinds)
    func `an entry written between read and removal is kept`(kind: RedisServer.Kind) async throws {
        try await RedisServer.withServer(kind) { server in
            let proxy = try FaultProxy(to: server.endpoint)
            defer { proxy.stop() }
            let (sweeper, writer) = (try backend(proxy.url), try backend(server.url))
            for key in ["rewritten", "over"] { try await writer.set(key, entry("old"), ttl: nil) }
            _ = try await sweeper.get("over")
            try await sweeper.clear()
            // The writer reads the new stamp before it writes.
            #expect(try await writer.get("over") == nil)
            proxy.set(.delay(.milliseconds(400)), for: .toServer)
            let work = Task { await sweeper.run() }
            let endpoint = server.endpoint
            try await Waiting.until("the read of the sweep") {
                try RESPConnection(to: endpoint).send(["INFO", "commandstats"]).description.contains(
                    "cmdstat_getrange:"
                )
            }
            try await writer.set("rewritten", entry("new"), ttl: nil)
            try await Waiting.until("the removal") {
                try RESPConnection(to: endpoint).send(["EXISTS", "shop:over"]).description == "0"
            }
            #expect(try await writer.get("rewritten") != nil)
            work.cancel()
            await work.value
            for backend in [sweeper, writer] { await backend.shutdown() }
        }
    }

    @Test(arguments: RedisServer.availableKinds)
    func `a shutdown does not end sweeps of another manager`(kind: RedisServer.Kind) async throws {
        try await RedisServer.withServer(kind) { server in
            let backend = try backend(server.url)
            let (first, second) = (CacheManager(backend: backend), CacheManager(backend: backend))
            for manager in [first, second] { manager.startBackgroundWork() }
            let endpoint = server.endpoint
            // Both wait for the signal: at least one of them sweeps after each clear.
            for _ in 0..<5 { try await clear(first, endpoint) }
            await second.shutdown()
            try await clear(first, endpoint)
            await first.shutdown()
        }
    }

    private func clear(_ manager: CacheManager, _ endpoint: Endpoint) async throws {
        try await manager.set("k", 1)
        try await manager.clear()
        try await Waiting.until(within: .seconds(20), "the sweep") {
            try RESPConnection(to: endpoint).send(["EXISTS", "shop:k"]).description == "0"
        }
    }
}
