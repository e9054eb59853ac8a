// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingRedis
import Testing

@Suite("Settings of the Redis and Valkey drivers")
struct DriverSettingsTests {
    private static let all: [String: String] = [
        "host": "cache.internal", "port": "7000", "db": "3", "username": "shop", "password": "word", "tls": "yes",
        "ca_file": "/ca.pem", "client_cert": "/cert.pem", "client_key": "/key.pem", "connect_timeout": "3s",
        "timeout": "250ms", "health_check_interval": "1m", "max_pending": "99", "max_entry_size": "2MiB",
        "format": "cbor", "startup_check": "off",
    ]

    private func expectAll(_ configuration: RedisConfiguration) {
        #expect("\(configuration)" == "RedisConfiguration(cache.internal:7000, database 3)")
        #expect(configuration.database == 3)
        #expect(configuration.username == "shop")
        #expect(configuration.password == "word")
        #expect(configuration.usesTLS)
        #expect(configuration.authorityFile == "/ca.pem")
        #expect(configuration.certificateFile == "/cert.pem")
        #expect(configuration.keyFile == "/key.pem")
        #expect(configuration.connectTimeout == .seconds(3))
        #expect(configuration.timeout == .milliseconds(250))
        #expect(configuration.healthCheckInterval == .seconds(60))
        #expect(configuration.maximumPending == 99)
        #expect(configuration.maximumEntrySize == 2 << 20)
        #expect(configuration.format == .cbor)
        #expect(configuration.clientName == "swift-caching")
    }

    @Test func everySettingIsTested() {
        let names = Set(CacheDriver.redis.options.map(\.name))
        #expect(names.union(["timeout"]) == Set(Self.all.keys).union(["url"]))
        #expect(Set(CacheDriver.valkey.options.map(\.name)) == names)
    }

    @Test(arguments: ["redis", "valkey"])
    func `a dictionary sets everything`(driver: String) async throws {
        var settings = Self.all.mapValues { ConfigurationValue.text($0) }
        settings["driver"] = .text(driver)
        expectAll(try #require(try await DriverFixture.read(CacheConfiguration(["default": settings]))["default"]))
    }

    @Test(arguments: ["redis", "valkey"])
    func `environment variables set everything`(driver: String) async throws {
        var variables = Dictionary(uniqueKeysWithValues: Self.all.map { ("CACHE_" + $0.key.uppercased(), $0.value) })
        variables["CACHE_DRIVER"] = driver
        expectAll(try #require(try await DriverFixture.read(.environment(variables))["default"]))
    }

    @Test func `REDIS variables set the server`() async throws {
        let variables = [
            "CACHE_DRIVER": "redis", "REDIS_HOST": "h", "REDIS_PORT": "7001", "REDIS_DB": "4", "REDIS_USERNAME": "u",
            "REDIS_PASSWORD": "p",
        ]
        let configuration = try #require(try await DriverFixture.read(.environment(variables))["default"])
        #expect("\(configuration)" == "RedisConfiguration(h:7001, database 4)")
        #expect(configuration.username == "u")
        #expect(configuration.password == "p")
        #expect(!configuration.usesTLS)
    }

    @Test(arguments: ["REDIS_URL", "CACHE_URL"])
    func `an environment variable sets the URL`(variable: String) async throws {
        let variables = ["CACHE_DRIVER": "redis", variable: "rediss://u:p%40ss@h:7001/4"]
        let configuration = try #require(try await DriverFixture.read(.environment(variables))["default"])
        #expect("\(configuration)" == "RedisConfiguration(h:7001, database 4)")
        #expect(configuration.username == "u")
        #expect(configuration.password == "p@ss")
        #expect(configuration.usesTLS)
    }

    @Test func `the defaults equal those of the guide`() async throws {
        let configuration = try #require(try await DriverFixture.read(["default": ["driver": "redis"]])["default"])
        #expect("\(configuration)" == "RedisConfiguration(127.0.0.1:6379, database 0)")
        #expect(configuration.username == nil)
        #expect(configuration.password == nil)
        #expect(!configuration.usesTLS)
        #expect(configuration.timeout == .milliseconds(500))
        #expect(configuration.connectTimeout == .seconds(2))
        #expect(configuration.healthCheckInterval == .seconds(15))
        #expect(configuration.maximumPending == 16_384)
        #expect(configuration.maximumEntrySize == 16 << 20)
        #expect(configuration.format == .envelope)
    }

    @Test func `the most specific setting wins`() async throws {
        let variables = ["CACHE_DB": "5", "REDIS_DB": "6", "REDIS_HOST": "variable", "CACHE_SESSIONS_DB": "7"]
        let dictionary: CacheConfiguration = [
            "default": ["driver": "redis", "db": 1, "host": "dictionary", "port": 7002], "sessions": ["port": 7003],
            "pages": [:],
        ]
        let read = try await DriverFixture.read(.environment(variables, over: dictionary))
        #expect(
            read.mapValues { "\($0)" } == [
                "default": "RedisConfiguration(variable:7002, database 5)",
                "sessions": "RedisConfiguration(variable:7003, database 7)",
                "pages": "RedisConfiguration(variable:7002, database 5)",
            ]
        )
    }

    @Test func `other settings complete a URL`() async throws {
        let settings: [String: ConfigurationValue] = [
            "driver": "redis", "url": "redis://h", "db": 2, "username": "u", "password": "p", "tls": true,
        ]
        let configuration = try #require(
            try await DriverFixture.read(CacheConfiguration(["default": settings]))["default"]
        )
        #expect("\(configuration)" == "RedisConfiguration(h:6379, database 2)")
        #expect(configuration.username == "u")
        #expect(configuration.password == "p")
        #expect(configuration.usesTLS)
    }

    @Test func `a URL can repeat other settings`() async throws {
        let settings: [String: ConfigurationValue] = [
            "driver": "redis", "url": "rediss://u:p@h:7000/2", "host": "h", "port": 7000, "db": 2, "username": "u",
            "password": "p", "tls": true,
        ]
        #expect(try await DriverFixture.read(CacheConfiguration(["default": settings])).count == 1)
    }

    @Test func `the URL of a socket is a path`() async throws {
        let settings: [String: ConfigurationValue] = ["driver": "redis", "url": "redis+unix:///run/redis.sock?db=1"]
        let configuration = try #require(
            try await DriverFixture.read(CacheConfiguration(["default": settings]))["default"]
        )
        #expect("\(configuration)" == "RedisConfiguration(/run/redis.sock, database 1)")
    }

    @Test func `only a certificate file enables encryption`() throws {
        var configuration = try RedisConfiguration(url: "redis://h")
        configuration.authorityFile = nil
        configuration.certificateFile = nil
        configuration.keyFile = nil
        #expect(!configuration.usesTLS)
        configuration.authorityFile = "/ca.pem"
        #expect(configuration.usesTLS)
    }
}
