// SPDX-License-Identifier: Apache-2.0

import Caching
import Synchronization

/// A third-party driver that records its settings.
final class SettingsRecorder: Sendable {
    private let settings = Mutex<[String: DriverSettings]>([:])

    /// The settings of a cache.
    subscript(cache: String) -> DriverSettings? { settings.withLock { $0[cache] } }

    /// The names of the caches that were made, sorted.
    var names: [String] { settings.withLock { $0.keys.sorted() } }

    /// Returns a driver with settings of all kinds.
    func driver(_ name: String = "recorder", options: [DriverOption] = SettingsRecorder.options) -> CacheDriver {
        CacheDriver(name, options: options) { settings in
            self.settings.withLock { $0[settings.cacheName] = settings }
            return MemoryBackend(clock: settings.clock)
        }
    }

    static let options = [
        DriverOption("path", .text),
        DriverOption("shards", .integer(1...16)),
        DriverOption("ratio", .number(0...1)),
        DriverOption("sync", .boolean),
        DriverOption("interval", .duration),
        DriverOption("token", .text, isSecret: true),
        DriverOption("url", .text, isSecret: true, environment: ["RECORDER_URL", "RECORDER_FALLBACK_URL"]),
    ]

    /// The usual settings of drivers for servers.
    static let serverOptions = [
        DriverOption("url", .text, isSecret: true),
        DriverOption("host", .text),
        DriverOption("port", .integer(1...65_535)),
        DriverOption("db", .integer(0...65_535)),
        DriverOption("username", .text),
        DriverOption("password", .text, isSecret: true),
        DriverOption("tls", .boolean),
        DriverOption("connect_timeout", .duration),
        DriverOption("format", .choice(["envelope", "json"])),
    ]

    /// Makes a manager whose default driver is this recorder.
    func record(_ configuration: CacheConfiguration) async throws {
        let manager = try await CacheManager.make(configuration, drivers: [driver(), .memory, .server])
        await manager.shutdown()
    }
}

extension CacheDriver {
    /// A driver with the settings of a server, but without a server.
    static let server = CacheDriver(
        "server",
        options: SettingsRecorder.serverOptions,
        refusals: ["pool_size": "there is no pool"]
    ) { settings in
        MemoryBackend(clock: settings.clock)
    }
}
