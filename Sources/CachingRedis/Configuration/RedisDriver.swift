// SPDX-License-Identifier: Apache-2.0

public import Caching
internal import RedisClient

/// Redis and Valkey as drivers of a configuration.
///
/// ```swift
/// try await CacheManager.configure(.environment(), drivers: [.memory, .redis])
/// ```
///
/// The environment then selects the server: `CACHE_DRIVER=redis` and `REDIS_URL=redis://cache.internal:6379`.
extension CacheDriver {
    /// The driver for a Redis server.
    ///
    /// The settings are `url`, or `host`, `port`, `db`, `username`, `password`, `tls`; `ca_file`, `client_cert`,
    /// `client_key`; `connect_timeout`, `health_check_interval`, `max_pending`, `max_entry_size`, `format` and
    /// `startup_check`. The variables `REDIS_URL`, `REDIS_HOST`, `REDIS_PORT`, `REDIS_DB`, `REDIS_USERNAME` and
    /// `REDIS_PASSWORD` set them too.
    public static let redis = server(named: "redis")

    /// The driver for a Valkey server, with the settings of ``redis``.
    public static let valkey = server(named: "valkey")

    private static func server(named name: String) -> CacheDriver {
        CacheDriver(name, options: RedisOptions.all, refusals: RedisOptions.refusals) { settings in
            let configuration = try RedisConfiguration(settings)
            // The keys of a cache already have its prefix.
            let backend = RedisBackend(
                configuration,
                RedisKeyspace(prefix: "", cachePrefix: settings.keyPrefix),
                clock: settings.clock
            )
            try await RedisOptions.check(backend, settings)
            return backend
        }
    }
}

/// The settings of the drivers.
enum RedisOptions {
    static let all: [DriverOption] = [
        DriverOption("url", .text, isSecret: true, environment: ["REDIS_URL"]),
        DriverOption("host", .text, environment: ["REDIS_HOST"]),
        DriverOption("port", .integer(1...65_535), environment: ["REDIS_PORT"]),
        DriverOption("db", .integer(0...65_535), environment: ["REDIS_DB"]),
        DriverOption("username", .text, isSecret: true, environment: ["REDIS_USERNAME"]),
        DriverOption("password", .text, isSecret: true, environment: ["REDIS_PASSWORD"]),
        DriverOption("tls", .boolean),
        DriverOption("ca_file", .text),
        DriverOption("client_cert", .text),
        DriverOption("client_key", .text),
        DriverOption("connect_timeout", .duration),
        DriverOption("health_check_interval", .duration),
        DriverOption("max_pending", .integer(1...1_000_000)),
        DriverOption("max_entry_size", .capacity(1...(512 << 20))),
        DriverOption("format", .choice(RedisFormat.allCases.map(\.rawValue))),
        DriverOption("startup_check", .choice(StartupCheck.allCases.map(\.rawValue))),
    ]

    private static let noPool =
        "there is no pool: all tasks share one pipelined connection; "
        + "\"max_pending\" limits the number of pending operations"
    private static let noTopology =
        "sentinel and cluster are not supported in this version; use the address of a single server, "
        + "or of a proxy in front of several"

    static let refusals: [String: String] = [
        "pool_size": noPool, "max_connections": noPool, "min_connections": noPool, "pool": noPool,
        "cluster": noTopology, "nodes": noTopology, "sentinel": noTopology, "sentinels": noTopology,
        "master_name": noTopology,
        "socket_timeout": "it is called \"timeout\" here",
        "command_timeout": "it is called \"timeout\" here",
        "socket_connect_timeout": "it is called \"connect_timeout\" here",
        "ssl": "it is called \"tls\" here",
        "ssl_cert_reqs": "the certificate of the server is always verified; \"ca_file\" names an authority to trust",
        "ssl_ca_certs": "it is called \"ca_file\" here",
        "database": "it is called \"db\" here",
        "user": "it is called \"username\" here",
        "namespace": "it is called \"prefix\" here",
        "default_ttl": "it is called \"ttl\" here",
        "use_jitter": "it is called \"jitter\" here, and is a fraction: 0.1 shortens lifetimes by up to a tenth",
        "decode_responses": "values are bytes, which the codec of the function reads",
        "encoding": "values are bytes, which the codec of the function reads",
    ]

    /// Checks that the server can be used when the service starts.
    ///
    /// - Throws: The reason why the server cannot be used, if `startup_check` is `required`.
    static func check(_ backend: RedisBackend, _ settings: DriverSettings) async throws {
        let check = settings.text("startup_check").flatMap(StartupCheck.init) ?? .warn
        guard check != .off else { return }
        do {
            // After one failed attempt, further caches on the same connection do not wait for attempts of their own.
            if check == .warn, case .disconnected(let error) = backend.client.status { throw error }
            try await backend.connect()
        } catch {
            let failure = backend.unavailabilityMessage(error)
            guard check == .warn else {
                await backend.shutdown()
                throw RedisConfigurationError(
                    description: "\(failure) (\"startup_check\" is \"required\"; "
                        + "\"warn\" starts without it)"
                )
            }
            settings.warn(
                "\(failure); until it can, all reads are misses, and the cache keeps trying to connect "
                    + "(\"startup_check\" is \"warn\"; \"required\" makes this an error, \"off\" skips the check)"
            )
        }
    }
}

/// The treatment of a server that cannot be used when the service starts.
enum StartupCheck: String, CaseIterable {
    case warn
    case required
    case off
}
