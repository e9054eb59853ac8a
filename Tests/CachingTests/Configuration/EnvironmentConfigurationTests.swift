// SPDX-License-Identifier: Apache-2.0

import Caching
import Testing

struct EnvironmentConfigurationTests {
    private func record(
        _ variables: [String: String],
        prefix: String = "CACHE_",
        over defaults: CacheConfiguration = ["default": ["driver": "recorder"]]
    ) async throws -> SettingsRecorder {
        let recorder = SettingsRecorder()
        try await recorder.record(.environment(variables, variablePrefix: prefix, over: defaults))
        return recorder
    }

    @Test func aVariableSetsTheDefaultCache() async throws {
        let recorder = try await record(["CACHE_TTL": "60", "CACHE_PATH": "/var", "PATH": "/bin"])
        #expect(recorder.names == ["default"])
        #expect(recorder["default"]?.duration("ttl") == .seconds(60))
        #expect(recorder["default"]?.text("path") == "/var")
    }

    @Test func aVariableWithANameSetsThatCache() async throws {
        let recorder = try await record(["CACHE_SESSIONS_TTL": "30m", "CACHE_DRIVER": "recorder"], over: [:])
        #expect(recorder.names == ["default", "sessions"])
        #expect(recorder["sessions"]?.duration("ttl") == .seconds(1800))
        #expect(recorder["default"]?.duration("ttl") == nil)
    }

    @Test func theNameOfACacheMayHaveUnderscores() async throws {
        let recorder = try await record(["CACHE_USER_SESSIONS_EU_TTL": "5s"])
        #expect(recorder["user_sessions_eu"]?.duration("ttl") == .seconds(5))
    }

    @Test func theDefaultCacheMayBeNamed() async throws {
        let recorder = try await record(["CACHE_DEFAULT_TTL": "5s"])
        #expect(recorder.names == ["default"])
        #expect(recorder["default"]?.duration("ttl") == .seconds(5))
    }

    @Test func anEmptyVariableIsNotSet() async throws {
        let recorder = try await record(
            ["CACHE_TTL": "", "CACHE_SESSIONS_TTL": "", "RECORDER_URL": "", "CACHE_TLL": ""],
            over: ["default": ["driver": "recorder", "ttl": 7]]
        )
        #expect(recorder.names == ["default"])
        #expect(recorder["default"]?.duration("ttl") == .seconds(7))
        #expect(recorder["default"]?.text("url") == nil)
    }

    @Test func theEnvironmentWinsOverTheDictionary() async throws {
        let recorder = try await record(
            ["CACHE_TTL": "1", "CACHE_SESSIONS_TTL": "2"],
            over: [
                "default": ["driver": "recorder", "ttl": 10, "shards": 4], "sessions": ["ttl": 20],
                "pages": ["ttl": 30],
            ]
        )
        #expect(recorder["default"]?.duration("ttl") == .seconds(1))
        #expect(recorder["sessions"]?.duration("ttl") == .seconds(2))
        #expect(recorder["pages"]?.duration("ttl") == .seconds(30))
        #expect(recorder["pages"]?.integer("shards") == 4)
    }

    @Test func aBadValueThatIsOverriddenDoesNotMatter() async throws {
        let recorder = try await record(["CACHE_TTL": "1"], over: ["default": ["driver": "recorder", "ttl": -1]])
        #expect(recorder["default"]?.duration("ttl") == .seconds(1))
    }

    @Test func aDriverMayKnowVariablesOfOthers() async throws {
        let recorder = try await record(["RECORDER_URL": "a", "RECORDER_FALLBACK_URL": "b"])
        #expect(recorder["default"]?.text("url") == "a")
        let fallback = try await record(["RECORDER_FALLBACK_URL": "b"])
        #expect(fallback["default"]?.text("url") == "b")
    }

    @Test func theVariableWithThePrefixWinsOverItsAlias() async throws {
        let recorder = try await record(["RECORDER_URL": "a", "CACHE_URL": "c"])
        #expect(recorder["default"]?.text("url") == "c")
    }

    @Test func anAliasWinsOverTheDictionaryAndIsInherited() async throws {
        let recorder = try await record(
            ["RECORDER_URL": "a"],
            over: ["default": ["driver": "recorder", "url": "d"], "sessions": [:], "pages": ["url": "p"]]
        )
        #expect(recorder["default"]?.text("url") == "a")
        #expect(recorder["sessions"]?.text("url") == "a")
        #expect(recorder["pages"]?.text("url") == "p")
    }

    @Test func thePrefixCanBeChanged() async throws {
        let recorder = try await record(["SHOP_CACHE_TTL": "5", "CACHE_TTL": "x"], prefix: "SHOP_CACHE_")
        #expect(recorder["default"]?.duration("ttl") == .seconds(5))
    }

    @Test func withoutAnEnvironmentNoVariableIsRead() async throws {
        let recorder = SettingsRecorder()
        try await recorder.record(["default": ["driver": "recorder"]])
        #expect(recorder["default"]?.text("url") == nil)
    }

    @Test(arguments: [
        ("CACHE_TLL", "CACHE_TTL"), ("CACHE_SESSIONS_TLL", "CACHE_SESSIONS_TTL"), ("CACHE_DRIVR", "CACHE_DRIVER"),
        ("CACHE_USER_SESSIONS_CAPACTY", "CACHE_USER_SESSIONS_CAPACITY"), ("CACHE__TTL", "CACHE_TTL"),
        ("CACHE_SESIONS_TTL", "CACHE_SESSIONS_TTL"), ("CACHE_USER_SESSION_HOST", "CACHE_USER_SESSIONS_HOST"),
        ("CACHE_DEFAUT_TTL", "CACHE_DEFAULT_TTL"),
    ])
    func aMisspeltVariableIsRefusedWithTheNearestName(misspelt: String, meant: String) async throws {
        let caches: CacheConfiguration = ["sessions": [:], "user-sessions": [:]]
        let found = try await problems(.environment([misspelt: "1"], over: caches))
        #expect(found.count == 1)
        #expect(found.first?.source == "environment variable \(misspelt)")
        #expect(found.first?.message.contains("did you mean \(meant)?") == true, "\(found)")
    }

    @Test(arguments: [
        ("true", true), ("YES", true), ("on", true), ("1", true), ("false", false), ("No", false), ("off", false),
        ("0", false),
    ])
    func truthValuesMayBeWrittenInManyWays(text: String, value: Bool) async throws {
        let recorder = try await record(["CACHE_SYNC": text])
        #expect(recorder["default"]?.boolean("sync") == value)
    }
}
