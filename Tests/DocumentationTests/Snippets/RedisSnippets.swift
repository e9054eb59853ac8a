// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingRedis
import CachingTesting
import Foundation
import Testing

@Suite("The code in Redis.md")
struct RedisSnippets {
    @Test func theOneLine() async throws {
        typealias CacheManager = CheckedConfiguration

        try await CacheManager.configure(.environment(), drivers: [.memory, .redis])
    }

    @Test func aBackendByHand() async throws {
        let configuration = try RedisConfiguration(url: "redis://localhost:6379")
        let backend = RedisBackend(configuration, prefix: "shop:")
        let manager = CacheManager(backend: backend)
        #expect(backend.keyPrefix == "shop:")
        await manager.shutdown()
    }

    @Test func theHealthOfACacheThatCannotReachItsServer() async throws {
        let manager = try await CacheManager.make(
            ["default": ["driver": "redis", "url": "redis+unix:///nowhere/redis.sock"]],
            drivers: [.redis]
        )
        #expect(manager.warnings.count == 1)
        for (name, health) in manager.health where !health.isAvailable || health.isConnected == false {
            print(name, health.lastFailure ?? "unavailable after failures in a row")
        }
        #expect(manager.health["default"]?.isConnected == false)
        #expect(manager.health["default"]?.lastFailure?.contains("/nowhere/redis.sock") == true)
        await manager.shutdown()
    }
}
