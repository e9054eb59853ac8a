// SPDX-License-Identifier: Apache-2.0

import Caching
import Testing

/// Variables that are meant for a cache, and variables of other programs.
struct EnvironmentNamesTests {
    private func reader(
        _ variables: [String: String],
        over defaults: CacheConfiguration = [:]
    ) -> ConfigurationResolver {
        ConfigurationResolver(.environment(variables, over: defaults), drivers: [.memory, .server])
    }

    @Test func variablesOfOthersAreIgnoredAndListed() {
        let others = [
            "CACHE_DIR": "/var", "CACHE_HOME": "/var", "CACHE_FALLBACK_KEY": "main", "CACHE_COMPRESSION_LEVEL": "fast",
            "CACHE_STORE": "redis", "CACHE_": "1", "CACHE___": "1", "CACHE_API_TIMEOUT": "abc", "CACHE_NONSENSE": "1",
            "CACHE_BUSTER_VERSION": "\n", "CACHE_MYSQL_PASSWORD": "x", "CACHE_SIZE": "5", "CACHE_DC": "eu",
        ]
        for defaults in [[:], ["sessions": [:], "redis": [:]]] as [CacheConfiguration] {
            let reader = reader(others, over: defaults)
            #expect(reader.problems.isEmpty, "\(reader.problems)")
            #expect(reader.ignoredVariables == others.keys.sorted())
        }
    }

    @Test(arguments: [[:], ["redis": [:]], ["services": [:], "redis-service": [:]]] as [CacheConfiguration])
    func `variables that Kubernetes sets for a service called cache are ignored`(defaults: CacheConfiguration) {
        var variables: [String: String] = [:]
        for name in ["CACHE", "CACHE_REDIS", "CACHE_REDIS_MASTER"] {
            variables["\(name)_PORT"] = "tcp://10.0.0.1:6379"
            variables["\(name)_PORT_6379_TCP"] = "tcp://10.0.0.1:6379"
            variables["\(name)_PORT_6379_TCP_PROTO"] = "tcp"
            variables["\(name)_PORT_6379_TCP_PORT"] = "6379"
            variables["\(name)_PORT_6379_TCP_ADDR"] = "10.0.0.1"
            variables["\(name)_PORT_53_UDP"] = "udp://10.0.0.1:53"
            variables["\(name)_SERVICE_PORT"] = "6379"
            variables["\(name)_SERVICE_PORT_REDIS"] = "6379"
            if name != "CACHE_REDIS" { variables["\(name)_SERVICE_HOST"] = "10.0.0.1" }
        }
        variables["CACHE_REDIS_SERVICE_PORT"] = nil
        let reader = reader(variables, over: defaults)
        #expect(reader.problems.isEmpty, "\(reader.problems)")
        #expect(reader.ignoredVariables == variables.keys.sorted())
    }

    @Test func aPortThatIsNoneIsAProblem() async throws {
        let found = try await problems(.environment(["CACHE_PORT": "abc"]))
        #expect(found.first?.message.contains("a whole number from 1 to 65535") == true)
    }

    @Test func `a variable with a setting that only caches have creates a cache`() async throws {
        for setting in ["DRIVER": "memory", "TTL": "5m", "JITTER": "0.1", "CAPACITY": "10"] {
            let variables = ["CACHE_PAGES_\(setting.key)": setting.value, "CACHE_PAGES_TIMEOUT": "1s"]
            let manager = try await CacheManager.make(.environment(variables, over: ["sessions": [:]]))
            #expect(manager.names == ["default", "pages", "sessions"])
            await manager.shutdown()
        }
    }

    @Test func shortNamesAreNotMistakenForEachOther() async throws {
        let manager = try await CacheManager.make(.environment(["CACHE_V2_TTL": "5"], over: ["v1": [:]]))
        #expect(manager.names == ["default", "v1", "v2"])
        await manager.shutdown()
    }

    @Test func `a misspelt name of a cache is a problem and creates none`() async throws {
        let found = try await problems(.environment(["CACHE_SESIONS_TTL": "30m"], over: ["sessions": ["ttl": 5]]))
        #expect(found.count == 1)
        #expect(found.first?.cache == "sessions")
        #expect(
            found.first?.message.contains(#"there is no cache "sesions"; did you mean CACHE_SESSIONS_TTL?"#) == true
        )
    }

    @Test(arguments: [
        ("userSessions", "CACHE_USERSESSIONS_TTL"), ("user-sessions", "CACHE_USER_SESSIONS_TTL"),
        ("eu.users", "CACHE_EU_USERS_TTL"), ("A-b.C_d", "CACHE_A_B_C_D_TTL"),
    ])
    func aNameWithCapitalsOrDashesIsReached(name: String, variable: String) async throws {
        let recorder = SettingsRecorder()
        try await recorder.record(.environment([variable: "7"], over: ["default": ["driver": "recorder"], name: [:]]))
        #expect(recorder.names == [name, "default"].sorted())
        #expect(recorder[name]?.duration("ttl") == .seconds(7))
    }

    @Test func aVariableThatMayMeanTwoCachesIsAProblem() async throws {
        let caches: CacheConfiguration = ["a-b": [:], "a_b": [:]]
        #expect(try await problems(caches).isEmpty)
        let found = try await problems(.environment(["CACHE_A_B_TTL": "5"], over: caches))
        #expect(found.first?.message.contains(#"it may mean the caches "a-b" and "a_b""#) == true, "\(found)")
    }

    @Test(arguments: [
        ["CACHE_TTL": "60", "CACHE_DEFAULT_TTL": "90"], ["CACHE_TTL": "60", "CACHE_ttl": "90"],
        ["CACHE_SESSIONS_TTL": "60", "CACHE_sessions_TTL": "60s"],
    ])
    func variablesThatContradictEachOtherAreAProblem(variables: [String: String]) async throws {
        let found = try await problems(.environment(variables))
        let names = variables.keys.sorted()
        #expect(found.map(\.source) == ["environment variable \(names[1])"])
        #expect(found.first?.message == "it contradicts \(names[0]), which sets the same; remove one of the two")
    }

    @Test func variablesThatAgreeAreNone() async throws {
        #expect(try await problems(.environment(["CACHE_TTL": "60", "CACHE_DEFAULT_TTL": "60"])).isEmpty)
    }

    @Test func contradictingSecretsAreNotShown() async throws {
        let found = try await problems(
            .environment(["CACHE_PASSWORD": "hunter2", "CACHE_DEFAULT_PASSWORD": "hunter3"])
        )
        #expect(found.count == 1)
        #expect(!"\(found)".contains("hunter"))
    }
}
