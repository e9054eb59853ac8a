// SPDX-License-Identifier: Apache-2.0

import RedisClient
import Testing

/// The state machine of the handshake, without a socket.
@Suite("Handshake")
struct HandshakeTests {
    private static let hello = RESPValue.map([
        .text("server"), .text("valkey"), .text("version"), .text("9.1"), .text("mode"), .text("standalone"),
        .text("role"), .text("master"),
    ])

    /// Runs a handshake with a closure that replies to the words of each command.
    private func play(
        username: String? = nil,
        password: String? = nil,
        database: Int = 0,
        name: String? = "name",
        _ answer: ([String]) -> RESPValue
    ) -> (commands: [[String]], end: Handshake.Step) {
        var handshake = Handshake(username: username, password: password, database: database, clientName: name)
        var command = handshake.start()
        var commands: [[String]] = []
        while true {
            let words = Parsed(command.bytes).values.first?.elements?.compactMap(\.text) ?? []
            commands.append(words)
            switch handshake.receive(answer(words)) {
            case .send(let next): command = next
            case let end: return (commands, end)
            }
        }
    }

    private func error(_ text: String) -> RESPValue { .error(RedisServerError(text)) }

    @Test func `a current server gets all commands in order`() {
        let (commands, end) = play(username: "ada", password: "secret", database: 3) {
            $0[0] == "HELLO" ? Self.hello : .simple("OK")
        }
        #expect(
            commands == [
                ["HELLO", "3", "AUTH", "ada", "secret"], ["CLIENT", "SETNAME", "name"],
                ["CLIENT", "SETINFO", "LIB-NAME", "swift-caching"], ["CLIENT", "SETINFO", "LIB-VER", "1"],
                ["SELECT", "3"], ["PING"],
            ]
        )
        guard case .ready(let info) = end else {
            Issue.record("\(end)")
            return
        }
        #expect(info.name == "valkey" && info.version == "9.1" && info.protocolVersion == 3)
    }

    @Test func `a password without a user is that of the default user`() {
        let (commands, _) = play(password: "secret") { _ in Self.hello }
        #expect(commands[0] == ["HELLO", "3", "AUTH", "default", "secret"])
    }

    @Test func `a user without a password sends an empty one`() {
        let (commands, _) = play(username: "ada") { _ in Self.hello }
        #expect(commands[0] == ["HELLO", "3", "AUTH", "ada", ""])
    }

    @Test(arguments: [
        "ERR unknown command `HELLO`, with args beginning with: `3`, ", "ERR unknown command 'hello'",
        "NOPERM this user has no permissions to run the 'hello' command", "NOPROTO unsupported protocol version",
    ])
    func `a server without HELLO is used with RESP2`(text: String) {
        for (user, words) in [(nil, ["AUTH", "secret"]), ("ada", ["AUTH", "ada", "secret"])] as [(String?, [String])] {
            let (commands, end) = play(username: user, password: "secret", name: nil) {
                $0[0] == "HELLO" ? error(text) : .simple("OK")
            }
            #expect(commands[1] == words)
            #expect(end == .ready(RedisServerInfo()))
        }
        let (commands, end) = play(name: nil) { $0[0] == "HELLO" ? error(text) : .simple("OK") }
        #expect(commands[1] == ["CLIENT", "SETINFO", "LIB-NAME", "swift-caching"])
        #expect(end == .ready(RedisServerInfo()))
    }

    @Test func `informational commands may fail`() {
        let (commands, end) = play {
            switch $0[0] {
            case "HELLO": Self.hello
            case "CLIENT": error("ERR Unknown subcommand or wrong number of arguments for 'SETINFO'")
            default: .simple("PONG")
            }
        }
        #expect(commands.count == 5)
        guard case .ready = end else {
            Issue.record("\(end)")
            return
        }
    }

    @Test func `a user without the permission for PING is accepted`() {
        let (_, end) = play { $0[0] == "PING" ? error("NOPERM no ping") : Self.hello }
        guard case .ready = end else {
            Issue.record("\(end)")
            return
        }
    }

    @Test(arguments: [
        ("HELLO", "WRONGPASS invalid username-password pair or user is disabled.", true),
        ("HELLO", "NOAUTH HELLO must be called with the client already authenticated", true),
        ("HELLO", "ERR max number of clients reached", false),
        ("HELLO", "DENIED Redis is running in protected mode", false),
        ("SELECT", "ERR DB index is out of range", false), ("SELECT", "NOPERM no select", false),
        ("PING", "LOADING Redis is loading the dataset in memory", false),
        ("PING", "NOAUTH Authentication required.", true),
        ("PING", "MASTERDOWN Link with MASTER is down", false),
    ])
    func `a refused command fails the handshake`(command: String, text: String, isCredential: Bool) {
        let (_, end) = play(password: "secret", database: 5) { $0[0] == command ? error(text) : Self.hello }
        #expect(end == .failed(.refused(RedisServerError(text), isCredential: isCredential)))
    }

    @Test(arguments: ["cluster", "sentinel"])
    func `clusters and sentinels are refused`(mode: String) {
        let (_, end) = play { _ in .map([.text("mode"), .text(mode)]) }
        guard case .failed(.handshakeFailed(let reason)) = end else {
            Issue.record("\(end)")
            return
        }
        #expect(reason.contains("single servers"))
    }

    @Test func `errors do not contain the user and the password`() {
        // Old servers and proxies quote the arguments of an unknown command.
        let replies: [[String: RESPValue]] = [
            ["HELLO": error("ERR syntax error near 'ada' 'hunter2'")],
            [
                "HELLO": error("ERR unknown command"),
                "AUTH": error("ERR unknown command `AUTH`, with: `ada`, `hunter2`, "),
            ],
        ]
        for reply in replies {
            let (_, end) = play(username: "ada", password: "hunter2") { reply[$0[0]] ?? .simple("OK") }
            #expect(!"\(end)".contains("hunter2") && !"\(end)".contains("ada"), "\(end)")
        }
    }

    @Test(arguments: [RESPValue.null, .integer(5), .array([]), .map([]), .simple("OK"), .array([.null, .null, .null])])
    func `an unexpected reply to HELLO is accepted`(reply: RESPValue) {
        let (_, end) = play { _ in reply }
        guard case .ready = end else {
            Issue.record("\(end)")
            return
        }
    }
}
