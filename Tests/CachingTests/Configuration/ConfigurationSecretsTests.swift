// SPDX-License-Identifier: Apache-2.0

import Caching
import Testing

/// No secret is in any text, because configurations end up in logs.
struct ConfigurationSecretsTests {
    private static let secret = "hunter2"

    private let configuration = CacheConfiguration.environment(
        ["CACHE_PASSWORD": secret, "CACHE_TOKEN": secret, "RECORDER_URL": "redis://:\(secret)@host"],
        over: ["default": ["driver": "recorder", "password": .text(secret)], "a": ["url": .text(secret)]]
    )

    /// Returns the texts of a value, by every way in which Swift makes one.
    private func texts(of value: some Any) -> [String] {
        var dumped = ""
        dump(value, to: &dumped)
        return ["\(value)", String(describing: value), String(reflecting: value), dumped]
    }

    @Test func aConfigurationShowsNoSecret() {
        for text in texts(of: configuration) { #expect(!text.contains(Self.secret)) }
        for text in texts(of: [configuration]) { #expect(!text.contains(Self.secret)) }
    }

    @Test func aConfigurationSaysWhereItComesFrom() {
        #expect("\(configuration)" == "CacheConfiguration(environment: CACHE_*; dictionary: a, default)")
    }

    @Test func anErrorShowsNoSecret() async throws {
        let bad = Self.secret + "\n"
        let wrong: CacheConfiguration = .environment(
            ["CACHE_URL": bad, "CACHE_SESSIONS_PASSWORD": bad],
            over: ["default": ["password": .text(bad), "token": .text(bad), "tll": 1], "sessions": [:]]
        )
        let error = try await #require(throws: CacheConfigurationError.self) {
            try await CacheManager.make(wrong, drivers: [SettingsRecorder().driver(), .memory, .server])
        }
        #expect(error.problems.count == 5)
        for text in texts(of: error) { #expect(!text.contains(Self.secret)) }
        let hidden = error.problems.filter { $0.message.contains("the given value (not shown) is not accepted") }
        #expect(hidden.count == 4)
    }

    @Test func aWrongTypeOfSecretIsNotShown() async throws {
        let found = try await problems(["default": ["password": 123_456]])
        #expect(found.first?.message.contains("123456") == false)
    }

    @Test func aMisspeltSecretIsNotShown() async throws {
        let found = try await problems(
            .environment(["CACHE_PASWORD": Self.secret], over: ["default": ["pasword": "hunter2"]])
        )
        #expect(found.count == 2)
        for problem in found { #expect(!"\(problem)".contains(Self.secret)) }
    }

    @Test func `the settings of a driver show no secret`() async throws {
        let recorder = SettingsRecorder()
        try await recorder.record(configuration)
        let settings = try #require(recorder["default"])
        #expect(settings.text("token") == Self.secret)
        for text in texts(of: settings) { #expect(!text.contains(Self.secret)) }
    }

    @Test func `an error of a driver that quotes a secret does not show it`() async throws {
        struct Refusal: Error { let reason: String }
        let driver = CacheDriver("recorder", options: SettingsRecorder.options + SettingsRecorder.serverOptions) {
            settings in
            throw Refusal(reason: "cannot connect to \(settings.text("url") ?? "")")
        }
        let found = try await problems(configuration, drivers: [driver])
        #expect(found.first?.message.contains("cannot connect to") == true, "\(found)")
        for problem in found { #expect(!"\(problem)".contains(Self.secret)) }
    }

    @Test func aManagerShowsNoSecret() async throws {
        let manager = try await CacheManager.make(
            configuration,
            drivers: [SettingsRecorder().driver(), .memory, .server]
        )
        for text in texts(of: manager) { #expect(!text.contains(Self.secret)) }
        await manager.shutdown()
    }
}
