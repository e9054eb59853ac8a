// SPDX-License-Identifier: Apache-2.0

import Caching
import Testing

@Suite("Configurations from variables")
struct ConfigurationFromVariablesTests {
    private static let options =
        SettingsRecorder.options + [
            DriverOption("lifetime", .lifetime), DriverOption("size", .capacity(1...100_000)),
        ]

    private func recorded(_ configuration: CacheConfiguration) async throws -> DriverSettings? {
        let recorder = SettingsRecorder()
        let driver = recorder.driver(options: Self.options)
        let manager = try await CacheManager.make(configuration, drivers: [driver, .memory])
        await manager.shutdown()
        return recorder["default"]
    }

    @Test func literalsAndVariablesMayBeMixed() async throws {
        let (path, shards, ratio, sync) = ("/a/b"[...], 4, 0.5, true)
        let (interval, name, token) = (Duration.milliseconds(50), "recorder", ConfigurationValue.text("t"))
        let settings = try await recorded([
            "default": [
                "driver": name, "path": path, "shards": shards, "ratio": ratio, "sync": sync, "interval": interval,
                "token": token, "size": 10_000, "timeout": Duration.milliseconds(50), "ttl": TTL.minutes(5),
                "prefix": "app-\(shards)", "url": .text("x"), "jitter": 0.1,
            ]
        ])
        #expect(settings?.text("path") == "/a/b")
        #expect(settings?.integer("shards") == 4)
        #expect(settings?.number("ratio") == 0.5)
        #expect(settings?.boolean("sync") == true)
        #expect(settings?.duration("interval") == .milliseconds(50))
        #expect(settings?.text("token") == "t")
        #expect(settings?.text("url") == "x")
        #expect(settings?.integer("size") == 10_000)
        #expect(settings?.duration("ttl") == .seconds(300))
        #expect(settings?.duration("timeout") == .milliseconds(50))
        #expect(settings?.text("prefix") == "app-4")
    }

    @Test func dictionariesInVariablesAreConfigurations() async throws {
        let settings: [String: ConfigurationValue] = ["driver": "recorder", "shards": 2]
        let caches: [String: [String: ConfigurationValue]] = ["default": settings]
        let plain: [String: [String: Int]] = ["default": ["ttl": 5]]
        #expect(try await recorded(CacheConfiguration(caches))?.integer("shards") == 2)
        #expect(try await recorded(CacheConfiguration(["default": settings]))?.integer("shards") == 2)
        #expect(try await recorded(["default": settings])?.integer("shards") == 2)
        #expect(try await problems(CacheConfiguration(plain)).isEmpty)
    }

    @Test(
        arguments: [
            .nanoseconds(1), .microseconds(1), .milliseconds(7), .milliseconds(290), .milliseconds(1001),
            .nanoseconds(86_399_999_999_000), .seconds(100 * 365 * 86_400),
        ] as [Duration]
    )
    func durationsKeepTheirNanoseconds(duration: Duration) async throws {
        let settings = try await recorded(["default": ["driver": "recorder", "interval": duration]])
        #expect(settings?.duration("interval") == duration)
    }

    @Test func foreverIsALifetime() async throws {
        let settings = try await recorded(["default": ["driver": "recorder", "lifetime": TTL.forever, "ttl": TTL(5)]])
        #expect(settings?.duration("lifetime") == nil)
        #expect(settings?.duration("ttl") == .seconds(5))
    }

    @Test(arguments: [
        (TTL.default, #""default" is not accepted for "ttl""#), (.seconds(0), #"0 is not accepted for "ttl""#),
        (.seconds(-1.5), #"-1.5 is not accepted for "ttl""#), (TTL(Duration.seconds(Int64.max)), "is not accepted"),
    ])
    func `a lifetime that is none is refused like a literal`(ttl: TTL, message: String) async throws {
        let found = try await problems(["default": ["ttl": ttl]])
        #expect(found.map(\.source) == [#"dictionary["default"]["ttl"]"#])
        #expect(found.first?.message.contains(message) == true, "\(found)")
    }

    @Test func aTypeOfItsOwnSaysWhichValueItIs() async throws {
        struct Directory: ConfigurationConvertible {
            let name: String
            var configurationValue: ConfigurationValue { .text("/var/\(name)") }
        }
        let directory = Directory(name: "cache")
        #expect(
            try await recorded(["default": ["driver": "recorder", "path": directory]])?.text("path") == "/var/cache"
        )
    }
}
