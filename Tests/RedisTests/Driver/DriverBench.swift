// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingRedis
import CachingTesting
import RedisTestSupport
import Synchronization
import Testing

/// Managers that are made from configurations, on servers of the bench.
enum DriverBench {
    static let drivers: [CacheDriver] = [.memory, .redis, .valkey]

    /// The settings that drivers have read, by the names of the caches.
    private final class Readings: Sendable {
        private let state = Mutex<[String: RedisConfiguration]>([:])

        var all: [String: RedisConfiguration] { state.withLock { $0 } }

        func add(_ cache: String, _ configuration: RedisConfiguration) { state.withLock { $0[cache] = configuration } }
    }

    /// Reads a configuration as the drivers do, without a server.
    static func read(_ configuration: CacheConfiguration) async throws -> [String: RedisConfiguration] {
        let readings = Readings()
        let readers = drivers.map { driver in
            guard driver.name != "memory" else { return driver }
            return CacheDriver(driver.name, options: driver.options, refusals: driver.refusals) { settings in
                readings.add(settings.cacheName, try RedisConfiguration(settings))
                return RecordingBackend()
            }
        }
        await (try CacheManager.make(configuration, drivers: readers)).shutdown()
        return readings.all
    }

    /// The message of the only problem of a configuration.
    static func problem(_ configuration: CacheConfiguration) async throws -> String {
        let error = await #expect(throws: CacheConfigurationError.self) { _ = try await read(configuration) }
        let problems = try #require(error).problems
        #expect(problems.count == 1, "\(problems)")
        return try #require(problems.first).message
    }

    /// Makes a manager for a closure, and shuts it down.
    static func withManager<Output>(
        _ configuration: CacheConfiguration,
        _ body: (CacheManager) async throws -> Output
    ) async throws -> Output {
        let manager = try await CacheManager.make(configuration, drivers: drivers)
        do {
            let output = try await body(manager)
            await manager.shutdown()
            return output
        } catch {
            await manager.shutdown()
            throw error
        }
    }

    /// The settings of a cache on a server, in a database of its own, patient enough for a busy machine.
    static func settings(
        _ server: RedisServer,
        db: Int,
        _ more: [String: ConfigurationValue] = [:]
    ) -> [String: ConfigurationValue] {
        let settings: [String: ConfigurationValue] = [
            "driver": "redis", "host": "127.0.0.1", "port": .integer(server.port), "db": .integer(db),
            "timeout": "20s", "connect_timeout": "20s",
        ]
        return settings.merging(more) { _, new in new }
    }

    /// A port on which nobody listens.
    static func deadPort() throws -> Int {
        let server = try ScriptedServer { _, _ in .none }
        defer { server.stop() }
        return server.port
    }

    /// The number of connections of the library to a database.
    static func connections(_ server: RedisServer, db: Int) throws -> Int {
        let list = try RESPConnection(to: server.endpoint).send(["CLIENT", "LIST"]).description
        return list.split(separator: "\n").count { $0.contains(" name=swift-caching ") && $0.contains(" db=\(db) ") }
    }
}
