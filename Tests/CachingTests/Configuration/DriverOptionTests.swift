// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import Testing

@Suite("Settings of drivers")
struct DriverOptionTests {
    private func server(_ variables: [String: String], over: CacheConfiguration = [:]) async throws -> SettingsRecorder
    {
        let recorder = SettingsRecorder()
        let driver = recorder.driver("recorder", options: SettingsRecorder.serverOptions)
        let environment = variables.merging(["CACHE_DRIVER": "recorder"]) { first, _ in first }
        let manager = try await CacheManager.make(.environment(environment, over: over), drivers: [.memory, driver])
        await manager.shutdown()
        return recorder
    }

    @Test func `a setting of two words is read from the environment and is not its last word`() async throws {
        let recorder = try await server(["CACHE_CONNECT_TIMEOUT": "3s", "CACHE_TIMEOUT": "1s"])
        #expect(recorder["default"]?.duration("connect_timeout") == .seconds(3))
        #expect(recorder["default"]?.duration("timeout") == .seconds(1))
    }

    @Test func aNameOfTwoWordsMayBeOfANamedCache() async throws {
        let recorder = try await server(["CACHE_PAGES_CONNECT_TIMEOUT": "3s"], over: ["pages": [:]])
        #expect(recorder["pages"]?.duration("connect_timeout") == .seconds(3))
        #expect(recorder["default"]?.duration("connect_timeout") == nil)
    }

    @Test func aVariableWithTwoMeaningsIsRefused() async throws {
        let found = try await problems(.environment(["CACHE_CONNECT_TIMEOUT": "3s"], over: ["connect": [:]]))
        #expect(found.count == 1)
        let message = found.first?.message
        #expect(
            message?.contains(
                #"it may mean "connect_timeout" of the cache "default", or "timeout" of the cache "connect""#
            ) == true,
            "\(found)"
        )
    }

    @Test(arguments: [("json", "json"), ("JSON", "json"), ("Envelope", "envelope")])
    func aChoiceIsReadInAnyCase(text: String, value: String) async throws {
        #expect(try await server(["CACHE_FORMAT": text])["default"]?.text("format") == value)
    }

    @Test func `a word that is not accepted is refused with those that are`() async throws {
        let found = try await problems(["default": ["format": "jason"]])
        #expect(
            found.first?.message
                == #""jason" is not accepted for "format": one of envelope, json; did you mean "json"?"#,
            "\(found)"
        )
    }

    @Test func aSettingThatTheDriverRefusesGetsItsReason() async throws {
        let found = try await problems(.environment(["CACHE_POOL_SIZE": "4"], over: ["pages": ["pool_size": 5]]))
        #expect(found.map(\.message) == ["there is no pool", "there is no pool"], "\(found)")
        #expect(
            Set(found.map(\.source)) == ["environment variable CACHE_POOL_SIZE", #"dictionary["pages"]["pool_size"]"#]
        )
    }

    @Test func `the manager keeps the warnings of a driver without secrets`() async throws {
        let driver = CacheDriver("warning", options: SettingsRecorder.serverOptions) { settings in
            settings.warn("cannot log in with \(settings.text("password") ?? "")")
            return MemoryBackend(clock: settings.clock)
        }
        let manager = try await CacheManager.make(
            ["default": ["driver": "warning", "password": "hunter2"]],
            drivers: [driver]
        )
        #expect(manager.warnings == [#"cache "default": cannot log in with (not shown)"#])
        await manager.shutdown()
    }
}
