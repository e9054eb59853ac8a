// SPDX-License-Identifier: Apache-2.0

import RedisTestSupport
import Testing

/// The fault proxy, in front of a server that echoes.
@Suite("Fault proxy")
struct ProxyTests {
    /// Calls a closure with a proxy and a server that replies with the last word of each command.
    private static func withProxy(_ body: @escaping @Sendable (FaultProxy, ScriptedServer) throws -> Void) async throws
    {
        try await Waiting.run {
            let server = try ScriptedServer { command, _ in .bulk(command.last ?? "") }
            defer { server.stop() }
            let proxy = try FaultProxy(to: server.endpoint)
            defer { proxy.stop() }
            try body(proxy, server)
        }
    }

    private static func bulk(_ text: String) -> RESPValue { .bulk(Array(text.utf8)) }

    @Test func `bytes are forwarded and counted`() async throws {
        try await Self.withProxy { proxy, _ in
            let connection = try RESPConnection(to: proxy.endpoint)
            #expect(try connection.send(["ECHO", "text"]) == Self.bulk("text"))
            let statistics = proxy.statistics
            #expect(statistics.connections == 1)
            #expect(statistics.openConnections == 1)
            #expect(statistics.received == [.toServer: 24, .toClient: 10])
            #expect(statistics.forwarded == statistics.received)
            #expect(proxy.recordedBytes == [RESPValue.command(["ECHO", "text"])])
        }
    }

    @Test func `a large value is forwarded in both directions`() async throws {
        try await Self.withProxy { proxy, _ in
            let text = String(repeating: "text", count: 1 << 19)
            let connection = try RESPConnection(to: proxy.endpoint)
            #expect(try connection.send(["ECHO", text]) == Self.bulk(text))
        }
    }

    @Test(arguments: [
        FaultProxy.Behavior.byteByByte, .split(at: 1, pause: .milliseconds(5)), .delay(.milliseconds(5)),
        .throttle(bytes: 10, every: .milliseconds(2)),
    ])
    func `delays and splits do not change the bytes`(behavior: FaultProxy.Behavior) async throws {
        try await Self.withProxy { proxy, _ in
            proxy.set(behavior)
            let connection = try RESPConnection(to: proxy.endpoint)
            for text in ["", "text", String(repeating: "text", count: 100)] {
                #expect(try connection.send(["ECHO", text]) == Self.bulk(text))
            }
        }
    }

    @Test func `a delay holds bytes back`() async throws {
        try await Self.withProxy { proxy, _ in
            proxy.set(.delay(.milliseconds(50)), for: .toClient)
            let start = ContinuousClock.now
            let connection = try RESPConnection(to: proxy.endpoint)
            #expect(try connection.send(["ECHO", "text"]) == Self.bulk("text"))
            #expect(ContinuousClock.now - start >= .milliseconds(50))
        }
    }

    @Test func `a throttle limits the rate`() async throws {
        try await Self.withProxy { proxy, _ in
            // A reply of ten bytes: two pauses between three pieces.
            proxy.set(.throttle(bytes: 4, every: .milliseconds(20)), for: .toClient)
            let start = ContinuousClock.now
            let connection = try RESPConnection(to: proxy.endpoint)
            #expect(try connection.send(["ECHO", "text"]) == Self.bulk("text"))
            #expect(ContinuousClock.now - start >= .milliseconds(40))
        }
    }

    @Test func `a throttle applies across replies`() async throws {
        try await Self.withProxy { proxy, _ in
            proxy.set(.throttle(bytes: 100, every: .milliseconds(20)), for: .toClient)
            let connection = try RESPConnection(to: proxy.endpoint)
            let start = ContinuousClock.now
            for _ in 0..<3 { #expect(try connection.send(["ECHO", "text"]) == Self.bulk("text")) }
            #expect(ContinuousClock.now - start >= .milliseconds(40))
        }
    }

    @Test func `a split forwards two pieces`() async throws {
        try await Self.withProxy { proxy, _ in
            // Long enough that the pieces arrive separately on a busy machine.
            proxy.set(.split(at: 3, pause: .seconds(1)), for: .toClient)
            let connection = try RESPConnection(to: proxy.endpoint)
            try connection.write(RESPValue.command(["ECHO", "text"]))
            #expect(try connection.readBytes() == Array("$4\r".utf8))
            #expect(try connection.readBytes() == Array("\ntext\r\n".utf8))
        }
    }

    @Test func `a cut closes the connection after a number of bytes`() async throws {
        try await Self.withProxy { proxy, server in
            proxy.set(.cut(after: 6), for: .toClient)
            let connection = try RESPConnection(to: proxy.endpoint)
            try connection.write(RESPValue.command(["ECHO", "text"]))
            #expect(try connection.readBytes() == Array("$4\r\nte".utf8))
            #expect(try connection.readBytes() == [])
            #expect(server.allCommands == [["ECHO", "text"]])
        }
    }

    @Test func `a cut towards the server loses the command`() async throws {
        try await Self.withProxy { proxy, server in
            proxy.set(.cut(after: 20), for: .toServer)
            let connection = try RESPConnection(to: proxy.endpoint)
            #expect(throws: TestSupportError.self) { try connection.send(["ECHO", "text"]) }
            #expect(proxy.statistics.forwarded[.toServer] == 20)
            #expect(server.allCommands == [])
        }
    }

    @Test func `swallowed bytes do not arrive`() async throws {
        try await Self.withProxy { proxy, server in
            let connection = try RESPConnection(to: proxy.endpoint, timeout: .milliseconds(100))
            proxy.set(.swallow, for: .toServer)
            #expect(throws: TestSupportError.self) { try connection.send(["ECHO", "lost"]) }
            #expect(server.allCommands == [])
            proxy.set(.pass)
            connection.timeout = .seconds(60)
            #expect(try connection.send(["ECHO", "text"]) == Self.bulk("text"))
        }
    }

    @Test func `a stall fills the buffers of the client`() async throws {
        try await Self.withProxy { proxy, _ in
            proxy.set(.stall, for: .toServer)
            let connection = try RESPConnection(to: proxy.endpoint, timeout: .milliseconds(100))
            #expect(throws: TestSupportError.self) { try connection.write([UInt8](repeating: 0, count: 64 << 20)) }
            #expect(proxy.statistics.received[.toServer] == 0)
        }
    }

    @Test func `a reset is an error for the client`() async throws {
        try await Self.withProxy { proxy, _ in
            let connection = try RESPConnection(to: proxy.endpoint)
            _ = try connection.send(["ECHO", "text"])
            proxy.resetConnections()
            #expect(throws: TestSupportError.self) { try connection.readBytes() }
        }
    }

    @Test func `a reset follows after a number of bytes`() async throws {
        try await Self.withProxy { proxy, _ in
            proxy.set(.reset(after: 10), for: .toClient)
            let connection = try RESPConnection(to: proxy.endpoint)
            _ = try? connection.send(["ECHO", "text"])
            #expect(throws: TestSupportError.self) { try connection.readBytes() }
        }
    }

    @Test func `a half-closed connection forwards the other direction`() async throws {
        try await Self.withProxy { proxy, server in
            let connection = try RESPConnection(to: proxy.endpoint)
            _ = try connection.send(["ECHO", "text"])
            proxy.halfClose(.toClient)
            #expect(try connection.readBytes() == [])
            try connection.write(RESPValue.command(["LAST", "words"]))
            try blockUntil { server.allCommands.last == ["LAST", "words"] }
        }
    }

    @Test func `connections are refused and accepted again`() async throws {
        try await Self.withProxy { proxy, _ in
            let old = try RESPConnection(to: proxy.endpoint)
            _ = try old.send(["ECHO", "text"])
            try proxy.refuseConnections()
            #expect(throws: TestSupportError.self) { try RESPConnection(to: proxy.endpoint).send(["ECHO", "text"]) }
            #expect(try old.send(["ECHO", "text"]) == Self.bulk("text"))
            try proxy.refuseConnections(false)
            let connection = try RESPConnection(to: proxy.endpoint)
            #expect(try connection.send(["ECHO", "text"]) == Self.bulk("text"))
        }
    }

    @Test func `a client of a missing server is reset`() async throws {
        try await Self.withProxy { proxy, server in
            let port = server.port
            let lonely = try FaultProxy(to: .port(port == 1 ? 2 : 1))
            defer { lonely.stop() }
            #expect(throws: TestSupportError.self) { try RESPConnection(to: lonely.endpoint).send(["ECHO", "text"]) }
        }
    }

    @Test func `the end of a client closes the connection`() async throws {
        try await Self.withProxy { proxy, _ in
            do { _ = try RESPConnection(to: proxy.endpoint).send(["ECHO", "text"]) }
            try blockUntil { proxy.statistics.openConnections == 0 }
            #expect(proxy.statistics.connections == 1)
        }
    }

    @Test(.enabled(if: RedisServer.isAvailable(.redis)))
    func `a real server can be behind the proxy`() async throws {
        let server = try await RedisServer.shared(.redis)
        for endpoint in [server.endpoint, .path(server.socketPath)] {
            let reply = try await Waiting.run {
                let proxy = try FaultProxy(to: endpoint)
                defer { proxy.stop() }
                return try RESPConnection(to: proxy.endpoint).send(["PING"])
            }
            #expect(reply == .simple("PONG"))
        }
    }
}

/// Waits on the thread of the caller, which may block.
private func blockUntil(_ condition: () -> Bool) throws {
    let deadline = ContinuousClock.now + .seconds(60)
    while !condition() {
        guard ContinuousClock.now < deadline else { throw TestSupportError("the condition was not true in time") }
    }
}
