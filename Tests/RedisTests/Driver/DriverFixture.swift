// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingRedis
import CachingTesting
import RedisTestSupport
import Synchronization
import Testing

/// Managers with configurations for test servers.
enum DriverFixture {
    static let drivers: [CacheDriver] = [.memory, .redis, .valkey]

    /// The configurations that drivers have read, by the name of the cache.
    private final class Readings: Sendable {
        private let state = Mutex<[String: RedisConfiguration]>([:])

        var all: [String: RedisConfiguration] { state.withLock { $0 } }

        func add(_ cache: String, _ configuration: RedisConfiguration) { state.withLock { $0[cache] = configuration } }
    }

    /// Returns the configurations that the drivers read, without a server.
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

    /// Returns the message of the only problem of a configuration.
    static func problem(_ configuration: CacheConfiguration) async throws -> String {
        let error = await #expect(throws: CacheConfigurationError.self) { _ = try await read(configuration) }
        let problems = try #require(error).problems
        #expect(problems.count == 1, "\(problems)")
        return try #require(problems.first).message
    }

    /// Calls a closure with a manager, and shuts the manager down.
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

    /// Returns the settings of a cache on a server, with timeouts that are long enough for a busy machine.
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

    /// Returns a port without a listening server.
    static func deadPort() throws -> Int {
        let server = try ScriptedServer { _, _ in .none }
        defer { server.stop() }
        return server.port
    }

    /// Returns the number of connections of the library to a database.
    static func connections(_ server: RedisServer, db: Int) throws -> Int {
        let list = try RESPConnection(to: server.endpoint).send(["CLIENT", "LIST"]).description
        return list.split(separator: "\n").count { $0.contains(" name=swift-caching ") && $0.contains(" db=\(db) ") }
    }
}
