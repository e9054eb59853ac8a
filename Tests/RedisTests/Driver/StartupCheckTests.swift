// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingRedis
import Foundation
import RedisTestSupport
import Testing

@Suite("Startup check of the Redis driver", .timeLimit(.minutes(2)))
struct StartupCheckTests {
    enum Fault: CaseIterable { case dead, password, silent }

    /// Calls a closure with the URL of a server that cannot be used, and a part of the expected reason.
    private func with(_ fault: Fault, _ body: (String, String) async throws -> Void) async throws {
        switch fault {
        case .dead:
            let port = try DriverFixture.deadPort()
            try await body("redis://127.0.0.1:\(port)", "127.0.0.1:\(port) cannot be reached: ")
        case .password:
            try await RedisServer.withServer(.redis, ServerOptions(password: "right")) { server in
                let url = "redis://:wrong@127.0.0.1:\(server.port)"
                try await body(url, "the server refused the user or the password: ")
            }
        case .silent:
            let server = try ScriptedServer { _, _ in .none }
            defer { server.stop() }
            try await body(server.url, "127.0.0.1:\(server.port) accepted the connection and did not reply in time")
        }
    }

    private func configuration(_ url: String, _ check: String?, timeout: String = "2s") -> CacheConfiguration {
        var settings: [String: ConfigurationValue] = [
            "driver": "redis", "url": .text(url), "connect_timeout": .text(timeout),
        ]
        if let check { settings["startup_check"] = .text(check) }
        return CacheConfiguration(["default": settings])
    }

    @Test(.enabled(if: RedisServer.isAvailable(.redis)), arguments: Fault.allCases, ["warn", nil])
    func `a service starts without the server and gets a warning`(fault: Fault, check: String?) async throws {
        try await with(fault) { url, reason in
            let start = ContinuousClock.now
            try await DriverFixture.withManager(configuration(url, check)) { manager in
                #expect(ContinuousClock.now - start < .seconds(30))
                #expect(manager.warnings.count == 1)
                let warning = try #require(manager.warnings.first)
                #expect(warning.hasPrefix(#"cache "default": the server "#), "\(warning)")
                // The address is not repeated, and there is a single full stop.
                #expect(warning.components(separatedBy: "127.0.0.1:").count == 2, "\(warning)")
                #expect(!warning.contains(".."), "\(warning)")
                #expect(warning.contains(reason), "\(warning)")
                #expect(warning.contains("cannot be used at present: "), "\(warning)")
                #expect(try await manager.get("k", as: Int.self) == nil)
                await #expect(throws: CacheError.self) { try await manager.set("k", 1) }
            }
        }
    }

    @Test(.enabled(if: RedisServer.isAvailable(.redis)), arguments: Fault.allCases)
    func `a required server that cannot be used is an error`(fault: Fault) async throws {
        try await with(fault) { url, reason in
            let error = await #expect(throws: CacheConfigurationError.self) {
                try await DriverFixture.withManager(configuration(url, "required")) { _ in }
            }
            let problem = try #require(error?.problems.first)
            #expect(problem.message.hasPrefix(#"the driver "redis" could not be started: "#))
            #expect(problem.message.contains(reason), "\(problem)")
            #expect(problem.message.contains(#""startup_check""#), "\(problem)")
        }
    }

    @Test func `no connection is made without the startup check`() async throws {
        let server = try ScriptedServer { _, _ in .none }
        defer { server.stop() }
        try await DriverFixture.withManager(configuration(server.url, "off")) { manager in
            #expect(manager.warnings.isEmpty)
            #expect(server.connections == 0)
        }
    }

    @Test func `caches on one unresponsive server wait once and warn once`() async throws {
        let server = try ScriptedServer { _, _ in .none }
        defer { server.stop() }
        var caches: [String: [String: ConfigurationValue]] = [
            "default": ["driver": "redis", "url": .text(server.url), "connect_timeout": "500ms"]
        ]
        for number in 0..<39 { caches["c\(number)"] = [:] }
        let start = ContinuousClock.now
        try await DriverFixture.withManager(CacheConfiguration(caches)) { manager in
            // Separate attempts would take twenty seconds.
            #expect(ContinuousClock.now - start < .seconds(15))
            #expect(manager.warnings.count == 1)
            #expect(manager.warnings.first?.hasPrefix(#"caches "c0", "c1", "c10""#) == true)
        }
    }

    @Test func `a cache name that equals the user is not redacted`() async throws {
        let port = try DriverFixture.deadPort()
        let configuration: CacheConfiguration = [
            "default": ["driver": "redis", "port": .integer(port), "username": "default", "password": "apassword"]
        ]
        try await DriverFixture.withManager(configuration) { manager in
            #expect(manager.warnings.first?.hasPrefix(#"cache "default": the server "#) == true)
        }
    }
}
