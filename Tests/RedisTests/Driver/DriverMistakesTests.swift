// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingRedis
import Testing

@Suite("Mistakes in the settings of the Redis driver")
struct DriverMistakesTests {
    typealias Settings = [String: ConfigurationValue]

    private func problem(_ settings: Settings) async throws -> String {
        try await DriverFixture.problem(
            CacheConfiguration(["default": settings.merging(["driver": "redis"]) { own, _ in own }])
        )
    }

    static let contradictions: [(Settings, String)] = [
        (["url": "redis://a", "host": "b"], #""url" and "host" contradict each other: a and b; leave one out"#),
        (["url": "redis://a:1", "port": 2], #""url" and "port" contradict each other: 1 and 2; leave one out"#),
        (["url": "redis://a", "port": 2], #""url" and "port" contradict each other: 6379 and 2; leave one out"#),
        (["url": "redis://a/1", "db": 2], #""url" and "db" contradict each other: 1 and 2; leave one out"#),
        (
            ["url": "redis://user1:pass1@a", "username": "user2"],
            #""url" and "username" have different users (not shown); leave one out"#
        ),
        (
            ["url": "redis://:pass1@a", "password": "pass2"],
            #""url" and "password" have different passwords (not shown); leave one out"#
        ),
        (["url": "rediss://a", "tls": false], #""url" requires encryption, but "tls" is false; leave one out"#),
        (
            ["url": "redis+unix:///s", "host": "b"],
            #""url" is the path of a socket, and contradicts "host" and "port"; leave them out"#
        ),
        (["tls": true, "client_cert": "/c"], #""client_cert" and "client_key" must be set together"#),
        (["tls": true, "client_key": "/c"], #""client_cert" and "client_key" must be set together"#),
        (
            ["ca_file": "/c"],
            #"there is a "ca_file", but the connection is not encrypted; use rediss:// or "tls""#
        ),
        (["username": "somebody"], #"there is a "username", but no "password""#),
        (["url": "redis://somebody@a"], #"there is a "username", but no "password""#),
    ]

    @Test(arguments: contradictions.indices)
    func settingsThatContradictEachOtherAreRefused(index: Int) async throws {
        let (settings, message) = Self.contradictions[index]
        #expect(try await problem(settings) == "the driver \"redis\" could not be started: \(message)")
    }

    @Test(
        arguments: [
            "pool_size", "max_connections", "min_connections", "pool", "cluster", "nodes", "sentinel", "sentinels",
            "master_name", "socket_timeout", "command_timeout", "socket_connect_timeout", "ssl", "ssl_cert_reqs",
            "ssl_ca_certs", "database", "user", "namespace", "default_ttl", "use_jitter", "decode_responses",
            "encoding",
        ]
    )
    func `a setting of another library is refused with the reason`(name: String) async throws {
        let reason = try #require(CacheDriver.redis.refusals[name])
        #expect(try await problem([name: "1"]) == reason)
        let variables = ["CACHE_DRIVER": "redis", "CACHE_\(name.uppercased())": "1"]
        #expect(try await DriverFixture.problem(.environment(variables)) == reason)
    }

    @Test func everyRefusalIsTested() {
        #expect(CacheDriver.redis.refusals.count == 22)
        #expect(CacheDriver.redis.refusals["pool_size"]?.hasPrefix("there is no pool: all tasks share") == true)
        #expect(CacheDriver.redis.refusals["sentinel"]?.contains("not supported in this version") == true)
    }

    static let addresses = [
        ("host:6379", "an address must begin with its scheme"),
        ("http://h", "the scheme of the address is not accepted"),
        ("redis://h:0", "the port of the address is not a number from 1 to 65535"),
        ("redis://h:70000", "the port of the address is not a number from 1 to 65535"),
        ("redis://h:x", "the port of the address is not a number from 1 to 65535"),
        ("redis://h/x", "the path of the address must be the number of a database"),
        ("redis://h/-1", "the path of the address must be the number of a database"),
        ("redis://h?db=x", "the option db of the address must be the number of a database"),
        ("redis://h?timeout=1", "the address has an unknown option; accepted: db"),
        ("redis://user:wor#d@h", "write # in a user or a password as %23"),
        ("redis://user:wor%d@h", "the password of the address has a % without two hexadecimal digits after it"),
        ("redis://us%zz:word@h", "the user of the address has a % without two hexadecimal digits after it"),
        ("redis://u:%ff@h", "the password of the address is not valid UTF-8"),
        ("redis://::1:6379", "write an IPv6 address in brackets"), ("redis://[::1", "a [ in the address has no ]"),
        ("redis://[::1]x", "a ] in the address is followed by something other than a port"),
        ("redis+unix://h/s", "the address of a socket must have a path after three slashes"),
    ]

    @Test(arguments: addresses)
    func aMistakeInTheAddressIsExplained(url: String, message: String) async throws {
        let found = try await problem(["url": .text(url)])
        #expect(found.contains(message), "\(found)")
        let error = #expect(throws: RedisConfigurationError.self) { try RedisConfiguration(url: url) }
        #expect(error?.description.contains(message) == true)
    }

    @Test(arguments: ["redis://:apassword@h", "user:apassword@h", "h/1"])
    func `a URL as the host is refused and not shown`(host: String) async throws {
        let found = try await problem(["host": .text(host)])
        #expect(
            found.contains(#""host" must be a name or a numeric address without scheme, user and path"#),
            "\(found)"
        )
        #expect(!found.contains("apassword"))
    }

    @Test func `an error names the import for an unknown driver`() async throws {
        let error = await #expect(throws: CacheConfigurationError.self) {
            try await CacheManager.make(
                .environment(["CACHE_DRIVER": "redis", "REDIS_URL": "redis://h"]),
                drivers: [.memory]
            )
        }
        let problem = try #require(error?.problems.first)
        #expect(
            "\(problem)" == #"environment variable CACHE_DRIVER: there is no driver "redis"; accepted: memory, none; "#
                + "import CachingRedis and pass `drivers: [.memory, .redis]`"
        )
        #expect(error?.problems.count == 1)
    }
}
