// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingRedis
import Foundation
import RedisTestSupport
import Testing

/// Users and passwords, which no message may contain.
@Suite("Secrets of the Redis driver", .timeLimit(.minutes(2)))
struct SecretsTests {
    /// A user and a password that no message contains by chance.
    struct Credentials: Sendable {
        let user: String
        let password: String

        init(seed: UInt64) {
            var random = SeededGenerator(seed: seed)
            func word(_ alphabet: String) -> String {
                // Letters at both ends, because spaces and punctuation there may be trimmed.
                "x" + String((0..<18).compactMap { _ in alphabet.randomElement(using: &random) }) + "y"
            }
            user = word("bcdfghjklmnpqrstvwxz0123456789")
            password = word("BCDFGHJKLMNPQRSTVWXZ0123456789 @:/?#%&='\"\\é")
        }

        static func encoded(_ text: String) -> String {
            text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? text
        }

        /// Returns the URL of a server, with the password percent-encoded or not.
        func url(_ port: Int, isEscaped: Bool = true, db: Int = 0) -> String {
            let escape = { (text: String) in isEscaped ? Self.encoded(text) : text }
            return "redis://\(escape(user)):\(escape(password))@127.0.0.1:\(port)/\(db)"
        }

        /// Expects that a text contains no secret.
        func expectAbsent(from text: String, sourceLocation: SourceLocation = #_sourceLocation) {
            var forms = [user, password, Self.encoded(password), Self.encoded(user)]
            let characters = Array(password)
            forms += (0...(characters.count - 6)).map { String(characters[$0..<($0 + 6)]) }
            for form in forms where text.contains(form) {
                Issue.record("\(text) shows \(form)", sourceLocation: sourceLocation)
            }
        }

        /// Expects that no description of a value contains a secret.
        func expectAbsent(fromAllOf value: Any, sourceLocation: SourceLocation = #_sourceLocation) {
            var dumped = ""
            dump(value, to: &dumped)
            for text in ["\(value)", String(reflecting: value), dumped] {
                expectAbsent(from: text, sourceLocation: sourceLocation)
            }
        }
    }

    private static let seeds: [UInt64] = (0..<4).map { _ in .random(in: 1...UInt64.max) }

    private func configurations(_ secret: Credentials, port: Int, dead: Int) -> [CacheConfiguration] {
        let (user, password) = (ConfigurationValue.text(secret.user), ConfigurationValue.text(secret.password))
        var all: [[String: ConfigurationValue]] = [
            ["port": .integer(port), "username": user, "password": password],
            ["port": .integer(dead), "username": user, "password": password],
            ["url": "redis://a:b@h", "username": user], ["url": "redis://a:b@h", "password": password],
            ["username": user, "url": .text("redis://:\(Credentials.encoded(secret.password))@127.0.0.1:\(port)")],
            ["username": user], ["username": user, "pasword": "p"],
            ["host": .text("redis://\(secret.user):\(secret.password)@h")],
            ["host": .text("\(secret.user):\(secret.password)@h")],
        ]
        for isEscaped in [true, false] {
            for port in [port, dead, 0] { all.append(["url": .text(secret.url(port, isEscaped: isEscaped))]) }
            all.append(["url": .text(secret.url(port, isEscaped: isEscaped)), "host": "other"])
            all.append(["url": .text(secret.url(port, isEscaped: isEscaped)), "username": "other"])
            all.append(["url": .text(secret.url(port, isEscaped: isEscaped)), "password": "other"])
            all.append(["url": .text(String(secret.url(port, isEscaped: isEscaped).dropFirst(8)))])
            all.append(["url": .text("s" + secret.url(port, isEscaped: isEscaped))])
        }
        return all.flatMap { settings in
            ["warn", "required"].map { check in
                let more: [String: ConfigurationValue] = [
                    "driver": "redis", "startup_check": .text(check), "connect_timeout": "20s",
                ]
                return CacheConfiguration(["default": settings.merging(more) { own, _ in own }])
            }
        }
    }

    @Test(.enabled(if: RedisServer.isAvailable(.redis)), arguments: seeds)
    func `messages contain no secrets`(seed: UInt64) async throws {
        print("SecretsTests seed \(seed)")
        let secret = Credentials(seed: seed)
        let server = try RedisServer(.redis, ServerOptions(password: "another-password"))
        defer { server.kill() }
        try await server.start()
        let dead = try DriverFixture.deadPort()
        var (made, refused) = (0, 0)
        for configuration in configurations(secret, port: server.port, dead: dead) {
            secret.expectAbsent(fromAllOf: configuration)
            do {
                try await DriverFixture.withManager(configuration) { manager in
                    let events = manager.events()
                    _ = try await manager.get("k", as: Int.self)
                    let change = await #expect(throws: CacheError.self) { try await manager.delete("k") }
                    let ping = await #expect(throws: CacheError.self) { try await manager.ping() }
                    for value in [manager.warnings, change as Any, ping as Any, manager.health] as [Any] {
                        secret.expectAbsent(fromAllOf: value)
                    }
                    var iterator = events.makeAsyncIterator()
                    for _ in 0..<2 {
                        if let event = await iterator.next() { secret.expectAbsent(fromAllOf: event) }
                    }
                }
                made += 1
            } catch let error as CacheConfigurationError {
                secret.expectAbsent(fromAllOf: error)
                refused += 1
            }
        }
        #expect(made >= 4)
        #expect(refused >= 20)
    }

    @Test func `quoted arguments in errors are redacted`() async throws {
        let secret = Credentials(seed: .random(in: 1...UInt64.max))
        // Old servers and proxies quote every unknown command.
        let server = try ScriptedServer { command, _ in
            .error(
                "ERR unknown command '\(command[0])', with args beginning with: "
                    + command.dropFirst().map { "'\($0)' " }.joined()
            )
        }
        defer { server.stop() }
        let configuration: CacheConfiguration = [
            "default": ["driver": "redis", "url": .text(secret.url(server.port)), "connect_timeout": "20s"]
        ]
        try await DriverFixture.withManager(configuration) { manager in
            let warning = try #require(manager.warnings.first)
            #expect(warning.contains("unknown command"), "\(warning)")
            let error = await #expect(throws: CacheError.self) { try await manager.delete("k") }
            for value in [manager.warnings, manager.health, error as Any] as [Any] {
                secret.expectAbsent(fromAllOf: value)
            }
        }
    }

    @Test(arguments: RedisServer.availableKinds)
    func `the error of a refused command does not name the user`(kind: RedisServer.Kind) async throws {
        try await RedisServer.withServer(kind) { server in
            try await server.command("ACL", "SETUSER", "warehouse", "on", ">word", "+hello", "+auth", "+ping", "~*")
            let configuration: CacheConfiguration = [
                "default": [
                    "driver": "redis", "url": .text("redis://warehouse:word@127.0.0.1:\(server.port)"),
                    "timeout": "20s",
                ]
            ]
            try await DriverFixture.withManager(configuration) { manager in
                var events = manager.events().makeAsyncIterator()
                _ = try await manager.get("k", as: Int.self)
                let error = await #expect(throws: CacheError.self) { try await manager.delete("k") }
                let first = try #require(await events.next())
                for text in ["\(first)", "\(error as Any)"] {
                    #expect(text.contains("NOPERM"), "\(text)")
                    #expect(!text.contains("warehouse"), "\(text)")
                }
            }
        }
    }

    @Test func `descriptions of configurations contain no secrets`() throws {
        let secret = Credentials(seed: .random(in: 1...UInt64.max))
        let configuration = try RedisConfiguration(url: secret.url(6379))
        #expect(configuration.username == secret.user)
        #expect(configuration.password == secret.password)
        secret.expectAbsent(fromAllOf: configuration)
        secret.expectAbsent(fromAllOf: RedisBackend(configuration))
    }
}
