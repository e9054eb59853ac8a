// SPDX-License-Identifier: Apache-2.0

import Caching
import Testing

/// Every mistake has an error with its source, the value, and the values that are accepted.
struct ConfigurationErrorTests {
    @Test func anUnknownDriverIsRefusedWithTheNearestName() async throws {
        let problem = try #require(try await problems(["default": ["driver": "memroy"]]).first)
        #expect(problem.source == #"dictionary["default"]["driver"]"#)
        #expect(problem.key == "driver")
        #expect(problem.message.contains(#"there is no driver "memroy""#))
        #expect(problem.message.contains("accepted: memory, server, none"))
        #expect(problem.message.contains(#"did you mean "memory"?"#))
    }

    @Test(arguments: ["redis", "valkey"])
    func `for a driver of another module the error names the import`(name: String) async throws {
        let problem = try #require(try await problems(["default": ["driver": .text(name)]]).first)
        #expect(problem.message.contains("import CachingRedis and pass `drivers: [.memory, .\(name)]`"))
    }

    @Test(arguments: [
        ("drivr", "driver"), ("TTL", "ttl"), ("tll", "ttl"), ("capacty", "capacity"), ("jiter", "jitter"),
    ])
    func `a misspelt setting is refused with the nearest name`(misspelt: String, meant: String) async throws {
        let found = try await problems(["default": [misspelt: 1]])
        #expect(found.count == 1)
        #expect(found.first?.message.contains("did you mean \"\(meant)\"?") == true, "\(found)")
        #expect(found.first?.source == "dictionary[\"default\"][\"\(misspelt)\"]")
    }

    @Test func `an unknown setting like no other lists the settings that are accepted`() async throws {
        let found = try await problems(["default": ["zzzzzzzz": 1]])
        #expect(found.first?.message.contains("did you mean") == false)
        #expect(found.first?.message.contains("accepted: capacity, connect_timeout, db, driver") == true, "\(found)")
    }

    @Test(
        arguments: [
            (-1, "-1"), (0, "0"), (.integer(.max), "9223372036854775807"), (.number(.nan), "nan"),
            (.number(.infinity), "inf"),
            (-0.5, "-0.5"), ("-1s", "-1s"), ("0", "0"), ("abc", "abc"), ("10 parsecs", "10 parsecs"), ("nan", "nan"),
            ("1.2.3", "1.2.3"), ("5x", "5x"), ("99999999999999999999", "99999999999999999999"), ("1e400", "1e400"),
            (true, "true"), ("36526d", "36526d"),
        ] as [(ConfigurationValue, String)]
    )
    func `an invalid lifetime is refused`(value: ConfigurationValue, shown: String) async throws {
        let found = try await problems(["default": ["ttl": value]])
        #expect(found.count == 1)
        #expect(found.first?.message.contains(shown) == true, "\(found)")
        #expect(found.first?.message.contains("at most 100 years; or \"forever\"") == true)
    }

    @Test(
        arguments: [
            300, 0.25, "300", "5m", "1h", "2d", "250ms", "1.5s", "forever", "36525d", .number(1e-12),
        ] as [ConfigurationValue]
    )
    func aLifetimeIsSecondsOrHasAUnit(value: ConfigurationValue) async throws {
        #expect(try await problems(["default": ["ttl": value]]).isEmpty)
    }

    @Test(arguments: [0, 65_536, -1, "http", "80.5", 80.5, true, .integer(.max)] as [ConfigurationValue])
    func aPortOutOfRangeIsRefused(value: ConfigurationValue) async throws {
        let found = try await problems(["default": ["port": value]])
        #expect(found.first?.message.contains("a whole number from 1 to 65535") == true, "\(found)")
    }

    @Test(
        arguments: [
            ("capacity", 0), ("capacity", -5), ("capacity", "many"), ("jitter", 1.5), ("jitter", -0.1),
            ("jitter", .number(.nan)), ("prefix", ""), ("prefix", 5), ("prefix", "a\nb"), ("tls", "maybe"), ("tls", 2),
            ("timeout", "forever"), ("timeout", 0), ("driver", 1), ("version", "  "), ("version", 2.0),
        ] as [(String, ConfigurationValue)]
    )
    func `a value of the wrong kind is refused with the values that are accepted`(
        key: String,
        value: ConfigurationValue
    ) async throws {
        let found = try await problems(["default": [key: value]])
        #expect(found.count == 1)
        #expect(found.first?.message.contains("is not accepted for \"\(key)\": ") == true, "\(found)")
        #expect(found.first?.source == "dictionary[\"default\"][\"\(key)\"]")
    }

    @Test(arguments: ["64mb", "64 MB", "64Mb", "64M", "64MIB", "64mib"])
    func `a size with a unit that is almost right is refused with the right one`(text: String) async throws {
        let found = try await problems(["default": ["capacity": .text(text)]])
        let meant = text.lowercased().contains("i") ? "64MiB" : "64MB"
        #expect(found.first?.message.hasSuffix("did you mean \(meant)?") == true, "\(found)")
    }

    @Test(arguments: ["x", "64TB", "MB", "-1mb", "99999999999999gb"])
    func `a text that is unlike a size has no hint`(text: String) async throws {
        let found = try await problems(["default": ["capacity": .text(text)]])
        #expect(found.first?.message.contains("did you mean") == false)
    }

    @Test(arguments: [0, "0", 0.0] as [ConfigurationValue])
    func `for a lifetime of zero the error names the driver that switches the cache off`(value: ConfigurationValue)
        async throws
    {
        let found = try await problems(["default": ["ttl": value]])
        let hint = #"to switch the cache off, set "driver" to "none""#
        #expect(found.first?.message.hasSuffix(hint) == true, "\(found)")
    }

    @Test(arguments: ["maxSize", "max__size", "_size", "size_", "max-size", "max size", ""])
    func `an option of a driver that no variable could set is refused`(name: String) async throws {
        let driver = SettingsRecorder().driver("disk", options: [DriverOption(name, .text)])
        let found = try await problems([:], drivers: [.memory, driver])
        #expect(found.count == 1)
        #expect(found.first?.source == #"driver "disk""#)
        #expect(found.first?.message.contains("words in lower case that are joined with underscores") == true)
    }

    @Test func `a missing required setting is named with the values that it accepts`() async throws {
        let driver = SettingsRecorder().driver("file", options: [DriverOption("path", .text, isRequired: true)])
        let found = try await problems(["default": ["driver": "file"]], drivers: [driver])
        #expect(found.count == 1)
        #expect(found.first?.key == "path")
        #expect(found.first?.message.contains(#"the driver "file" needs "path": a text"#) == true, "\(found)")
    }

    @Test func aRequiredSettingWithABadValueIsOneProblem() async throws {
        let driver = SettingsRecorder().driver("file", options: [DriverOption("path", .text, isRequired: true)])
        let found = try await problems(["default": ["driver": "file", "path": ""]], drivers: [driver])
        #expect(found.count == 1)
    }

    @Test(arguments: ["", " ", "a\nb"])
    func aCacheNeedsANameThatIsAKey(name: String) async throws {
        let found = try await problems([name: ["ttl": 1]])
        #expect(found.count == 1)
        #expect(found.first?.message.contains("the name of a cache must be a key") == true)
    }

    @Test func `all problems are reported together with their sources`() async throws {
        let configuration = CacheConfiguration.environment(
            ["CACHE_TTL": "abc", "CACHE_SESSIONS_PORT": "99999", "CACHE_TLL": "1"],
            over: ["default": ["capacity": 0, "drivr": "memory"], "pages": ["driver": "disk"], "sessions": [:]]
        )
        let error = try await #require(throws: CacheConfigurationError.self) {
            try await CacheManager.make(configuration, drivers: [.memory, .server])
        }
        let sources = [
            "environment variable CACHE_TTL", "environment variable CACHE_SESSIONS_PORT",
            "environment variable CACHE_TLL", #"dictionary["default"]["capacity"]"#, #"dictionary["default"]["drivr"]"#,
            #"dictionary["pages"]["driver"]"#,
        ]
        #expect(Set(error.problems.map(\.source)) == Set(sources))
        #expect(error.problems.count == sources.count)
        let lines = "\(error)".split(separator: "\n")
        #expect(lines.first == "The cache configuration has 6 problems:")
        #expect(lines.count == 7)
        for source in sources { #expect(lines.contains { $0.contains(source) }) }
    }

    @Test func `a problem of the default cache is not repeated for caches that inherit it`() async throws {
        let found = try await problems(["default": ["driver": "disk", "ttl": 0], "a": [:], "b": ["ttl": 5]])
        #expect(found.map(\.source) == [#"dictionary["default"]["ttl"]"#, #"dictionary["default"]["driver"]"#])
    }
}
