// SPDX-License-Identifier: Apache-2.0

import Dispatch
import RedisClient
import RedisTestSupport
import Testing

/// Servers that misbehave, and clients that are closed at a bad time.
@Suite("Faults of connections")
struct ClientFaultTests {
    private static func settings(_ server: ScriptedServer) -> RedisSettings {
        var settings = RedisSettings()
        settings.endpoint = .host("127.0.0.1", port: server.port)
        settings.connectTimeout = .seconds(20)
        settings.timeout = .seconds(20)
        settings.livenessTimeout = .seconds(20)
        return settings
    }

    /// Returns the reply of a server to a command of the handshake.
    @Sendable private static func answer(_ command: [String]) -> ScriptedServer.Reply {
        switch command.first {
        case "HELLO": .hello
        case "PING": .text("+PONG\r\n")
        default: .ok
        }
    }

    @Test func `the connect timeout applies to a server that sends endlessly`() async throws {
        // Out-of-band messages, which the server sends faster than the client parses them.
        let messages = Array(String(repeating: ">0\r\n", count: 1 << 16).utf8)
        let endless = [[UInt8]](repeating: messages, count: 2000) + [Array("%0\r\n".utf8)]
        let server = try ScriptedServer { command, _ in
            command.first == "HELLO" ? .pieces(endless, pause: .zero) : Self.answer(command)
        }
        defer { server.stop() }
        var settings = Self.settings(server)
        settings.connectTimeout = .milliseconds(200)
        let client = RedisClient(settings)
        let error = await #expect(throws: RedisError.self) { try await client.connect() }
        #expect(error?.description.contains("did not reply in time") == true)
        await client.shutdown()
    }

    @Test func `a server that sends a large reply slowly is alive`() async throws {
        let pieces = ["$10\r\n", "12", "34", "56", "78", "90", "\r\n"].map { Array($0.utf8) }
        let server = try ScriptedServer { command, _ in
            command.first == "GET" ? .pieces(pieces, pause: .milliseconds(100)) : Self.answer(command)
        }
        defer { server.stop() }
        var settings = Self.settings(server)
        settings.livenessTimeout = .milliseconds(300)
        let client = RedisClient(settings)
        #expect(try await client.send(RedisCommand("GET", "key")).text == "1234567890")
        await client.shutdown()
    }

    @Test func `an error sent before the first command is reported`() async throws {
        let server = try ScriptedServer(
            greeting: { _ in .reset(after: Array("-ERR max number of clients reached\r\n".utf8)) }
        ) { _, _ in .none }
        defer { server.stop() }
        let client = RedisClient(Self.settings(server))
        let error = await #expect(throws: RedisError.self) { try await client.connect() }
        let text = try #require(error).description
        #expect(!text.contains("may have run"), "\(text)")
        await client.shutdown()
    }

    @Test func `connect fails while the client is closing`() async throws {
        let server = try ScriptedServer { _, _ in .close }
        defer { server.stop() }
        let (isHeld, mayGoOn) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        // Blocks the thread of the connection, which finds the client closed afterwards.
        let client = RedisClient(Self.settings(server)) { _ in
            isHeld.signal()
            _ = mayGoOn.wait(timeout: .now() + 20)
        }
        async let attempt: Void = { _ = try? await client.connect() }()
        try await Waiting.run { isHeld.wait() }
        async let end: Void = client.shutdown()
        try await Waiting.until("a client that is closed") { client.isClosing }
        await #expect(throws: RedisError.shutDown) { try await client.connect() }
        mayGoOn.signal()
        await attempt
        await end
        #expect(client.status == .closed)
    }

    @Test(arguments: [Duration.zero, .seconds(-1), .nanoseconds(1)])
    func `replies are read with any idle interval`(interval: Duration) async throws {
        let server = try ScriptedServer { command, _ in command.first == "GET" ? .bulk("value") : Self.answer(command) }
        defer { server.stop() }
        var settings = Self.settings(server)
        settings.idleInterval = interval
        let client = RedisClient(settings)
        for _ in 0..<3 { #expect(try await client.send(RedisCommand("GET", "key")).text == "value") }
        await client.shutdown()
        #expect(server.connections == 1)
        let pings = server.allCommands.count { $0 == ["PING"] }
        // The handshake sends one.
        #expect(interval > .zero || pings == 1)
    }

    @Test(.enabled(if: RedisServer.isAvailable(.redis)))
    func `a socket with a full backlog cannot be reached`() async throws {
        try await RedisServer.withServer(.redis, ServerOptions(arguments: ["--tcp-backlog", "1"])) { server in
            server.pause()
            var connections: [RESPConnection] = []
            while connections.count < 1000, let next = try? RESPConnection(to: .path(server.socketPath)) {
                connections.append(next)
            }
            var settings = RedisSettings()
            settings.endpoint = .path(server.socketPath)
            settings.connectTimeout = .seconds(20)
            let client = RedisClient(settings)
            let error = await #expect(throws: RedisError.self) { try await client.connect() }
            #expect(error?.description.contains("cannot be reached: ") == true, "\(error as Any)")
            await client.shutdown()
            withExtendedLifetime(connections) {}
        }
    }

    @Test func `errors of several commands contain no password`() async throws {
        let server = try ScriptedServer { command, _ in
            command.first == "GET" ? .error("ERR invalid word hunter2") : Self.answer(command)
        }
        defer { server.stop() }
        var settings = Self.settings(server)
        settings.password = "hunter2"
        let client = RedisClient(settings)
        let replies = try await client.send([RedisCommand("GET", "a"), RedisCommand("GET", "b")])
        #expect(replies.count == 2 && !"\(replies)".contains("hunter2"), "\(replies)")
        await client.shutdown()
    }

    @Test func `extreme durations cause no overflow`() async throws {
        let server = try ScriptedServer { command, _ in Self.answer(command) }
        defer { server.stop() }
        for duration in [Duration.seconds(Int64.max), .seconds(Int64.min), .zero, .nanoseconds(-1)] {
            var settings = Self.settings(server)
            settings.connectTimeout = duration
            settings.idleInterval = duration > .zero ? duration : .seconds(1)
            settings.livenessTimeout = duration > .zero ? duration : .seconds(1)
            let client = RedisClient(settings)
            if duration > .zero {
                try await client.connect()
                #expect(try await client.send(RedisCommand("PING"), timeout: duration).text == "PONG")
            } else {
                await #expect(throws: RedisError.self) { try await client.connect() }
                await #expect(throws: RedisError.self) {
                    try await client.send(RedisCommand("PING"), timeout: duration)
                }
            }
            await client.shutdown()
        }
    }
}
