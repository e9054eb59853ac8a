// SPDX-License-Identifier: Apache-2.0

import RedisTestSupport
import Testing

/// The scripted server, with plain connections.
@Suite("Scripted server")
struct ScriptedServerTests {
    @Test func `a handler replies to each connection`() async throws {
        let server = try ScriptedServer { command, number in .bulk("\(number): \(command.joined(separator: " "))") }
        defer { server.stop() }
        let replies = try await Waiting.run {
            let (first, second) = try (RESPConnection(to: server.endpoint), RESPConnection(to: server.endpoint))
            return try [first.send(["GET", "one"]), second.send(["GET", "two"]), first.send(["DEL", "one"])]
        }
        #expect(replies.map(\.description) == ["1: GET one", "2: GET two", "1: DEL one"])
        #expect(server.commands == [[["GET", "one"], ["DEL", "one"]], [["GET", "two"]]])
        #expect(server.allCommands == [["GET", "one"], ["GET", "two"], ["DEL", "one"]])
    }

    @Test func `a script is played and mismatches are recorded`() async throws {
        let server = try ScriptedServer(scripts: [
            [.expect("hello", .hello), .expect("GET", .error("ERR first"))], [.expect(nil, .text(":1\r\n"))],
        ])
        defer { server.stop() }
        let replies = try await Waiting.run {
            let (first, second) = try (RESPConnection(to: server.endpoint), RESPConnection(to: server.endpoint))
            return try [first.send(["HELLO", "3"]), first.send(["SET", "a", "b"]), second.send(["SET", "a", "b"])]
        }
        guard case .map(let fields) = replies[0] else {
            Issue.record("\(replies[0])")
            return
        }
        #expect(fields.count == 14)
        #expect(replies[1] == .error("ERR connection 1 expected GET and got SET a b"))
        #expect(replies[2] == .integer(1))
        #expect(server.mismatches == ["connection 1 expected GET and got SET a b"])
    }

    @Test func `a reply is sent in pieces with pauses`() async throws {
        let pieces = ["$4\r\nte", "xt\r\n"].map { Array($0.utf8) }
        // Long enough that the pieces arrive separately on a busy machine.
        let server = try ScriptedServer { _, _ in .pieces(pieces, pause: .seconds(1)) }
        defer { server.stop() }
        let read = try await Waiting.run {
            let connection = try RESPConnection(to: server.endpoint)
            try connection.write(RESPValue.command(["GET", "key"]))
            return try pieces.map { _ in try connection.readBytes() }
        }
        #expect(read == pieces)
    }

    @Test func `a connection is closed, reset or left without a reply`() async throws {
        let server = try ScriptedServer { command, _ in
            switch command[0] {
            case "CLOSE": .close(after: Array("+last".utf8))
            case "RESET": .after(.milliseconds(10), .reset)
            default: .none
            }
        }
        defer { server.stop() }
        try await Waiting.run {
            let closed = try RESPConnection(to: server.endpoint)
            try closed.write(RESPValue.command(["CLOSE"]))
            #expect(try closed.readBytes() == Array("+last".utf8))
            #expect(try closed.readBytes() == [])
            let reset = try RESPConnection(to: server.endpoint)
            try reset.write(RESPValue.command(["RESET"]))
            #expect(throws: TestSupportError.self) { try reset.readBytes() }
            let silent = try RESPConnection(to: server.endpoint, timeout: .milliseconds(50))
            #expect(throws: TestSupportError.self) { try silent.send(["GET", "key"]) }
        }
    }

    @Test func `unsolicited bytes can be sent`() async throws {
        let server = try ScriptedServer(greeting: { .text("+\($0)\r\n") }) { _, _ in .ok }
        defer { server.stop() }
        try await Waiting.run {
            let connection = try RESPConnection(to: server.endpoint)
            #expect(try connection.read() == .simple("1"))
            #expect(server.push(Array(">1\r\n+news\r\n".utf8), to: 1))
            #expect(try connection.read() == .array([.simple("news")]))
            #expect(!server.push([0], to: 2))
        }
    }

    @Test func `invalid commands are recorded`() async throws {
        let server = try ScriptedServer { _, _ in .ok }
        defer { server.stop() }
        try await Waiting.run {
            let connection = try RESPConnection(to: server.endpoint)
            try connection.write([0x16, 0x03, 0x01, 0x0D, 0x0A])
            #expect(try connection.readBytes() == [])
        }
        #expect(server.mismatches.count == 1)
    }

    @Test func `a server stops during a pause`() async throws {
        let server = try ScriptedServer { _, _ in .after(.seconds(60), .ok) }
        try await Waiting.run {
            let connection = try RESPConnection(to: server.endpoint, timeout: .milliseconds(20))
            #expect(throws: TestSupportError.self) { try connection.send(["GET", "key"]) }
            let start = ContinuousClock.now
            server.stop()
            #expect(ContinuousClock.now - start < .seconds(10))
        }
    }
}
