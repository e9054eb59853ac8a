// SPDX-License-Identifier: Apache-2.0

import RedisTestSupport
import Testing

/// The proxy of the bench, in front of a server that echoes.
@Suite("Proxy of the bench")
struct ProxyTests {
    /// A server that answers each command with its second word.
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

    @Test func bytesPassAndAreCounted() async throws {
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

    @Test func aLargeValuePassesInBothDirections() async throws {
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
    func bytesThatComeInOtherPiecesAreTheSame(behavior: FaultProxy.Behavior) async throws {
        try await Self.withProxy { proxy, _ in
            proxy.set(behavior)
            let connection = try RESPConnection(to: proxy.endpoint)
            for text in ["", "text", String(repeating: "text", count: 100)] {
                #expect(try connection.send(["ECHO", text]) == Self.bulk(text))
            }
        }
    }

    @Test func aDelayTakesItsTime() async throws {
        try await Self.withProxy { proxy, _ in
            proxy.set(.delay(.milliseconds(50)), for: .toClient)
            let start = ContinuousClock.now
            let connection = try RESPConnection(to: proxy.endpoint)
            #expect(try connection.send(["ECHO", "text"]) == Self.bulk("text"))
            #expect(ContinuousClock.now - start >= .milliseconds(50))
        }
    }

    @Test func aThrottleTakesItsTime() async throws {
        try await Self.withProxy { proxy, _ in
            // Ten bytes of an answer: two pauses between three pieces.
            proxy.set(.throttle(bytes: 4, every: .milliseconds(20)), for: .toClient)
            let start = ContinuousClock.now
            let connection = try RESPConnection(to: proxy.endpoint)
            #expect(try connection.send(["ECHO", "text"]) == Self.bulk("text"))
            #expect(ContinuousClock.now - start >= .milliseconds(40))
        }
    }

    @Test func aThrottleHoldsFromOneAnswerToTheNext() async throws {
        try await Self.withProxy { proxy, _ in
            proxy.set(.throttle(bytes: 100, every: .milliseconds(20)), for: .toClient)
            let connection = try RESPConnection(to: proxy.endpoint)
            let start = ContinuousClock.now
            for _ in 0..<3 { #expect(try connection.send(["ECHO", "text"]) == Self.bulk("text")) }
            #expect(ContinuousClock.now - start >= .milliseconds(40))
        }
    }

    @Test func aSplitComesInTwoPieces() async throws {
        try await Self.withProxy { proxy, _ in
            // So long that both pieces are not there at once even on a busy machine.
            proxy.set(.split(at: 3, pause: .seconds(1)), for: .toClient)
            let connection = try RESPConnection(to: proxy.endpoint)
            try connection.write(RESPValue.command(["ECHO", "text"]))
            #expect(try connection.readBytes() == Array("$4\r".utf8))
            #expect(try connection.readBytes() == Array("\ntext\r\n".utf8))
        }
    }

    @Test func aCutEndsTheConnectionAfterSoManyBytes() async throws {
        try await Self.withProxy { proxy, server in
            proxy.set(.cut(after: 6), for: .toClient)
            let connection = try RESPConnection(to: proxy.endpoint)
            try connection.write(RESPValue.command(["ECHO", "text"]))
            #expect(try connection.readBytes() == Array("$4\r\nte".utf8))
            #expect(try connection.readBytes() == [])
            #expect(server.allCommands == [["ECHO", "text"]])
        }
    }

    @Test func aCutOnTheWayToTheServerHidesTheCommand() async throws {
        try await Self.withProxy { proxy, server in
            proxy.set(.cut(after: 20), for: .toServer)
            let connection = try RESPConnection(to: proxy.endpoint)
            #expect(throws: BenchError.self) { try connection.send(["ECHO", "text"]) }
            #expect(proxy.statistics.forwarded[.toServer] == 20)
            #expect(server.allCommands == [])
        }
    }

    @Test func whatIsSwallowedNeverArrives() async throws {
        try await Self.withProxy { proxy, server in
            let connection = try RESPConnection(to: proxy.endpoint, timeout: .milliseconds(100))
            proxy.set(.swallow, for: .toServer)
            #expect(throws: BenchError.self) { try connection.send(["ECHO", "lost"]) }
            #expect(server.allCommands == [])
            proxy.set(.pass)
            connection.timeout = .seconds(60)
            #expect(try connection.send(["ECHO", "text"]) == Self.bulk("text"))
        }
    }

    @Test func aStallFillsTheBuffersOfTheClient() async throws {
        try await Self.withProxy { proxy, _ in
            proxy.set(.stall, for: .toServer)
            let connection = try RESPConnection(to: proxy.endpoint, timeout: .milliseconds(100))
            #expect(throws: BenchError.self) { try connection.write([UInt8](repeating: 0, count: 64 << 20)) }
            #expect(proxy.statistics.received[.toServer] == 0)
        }
    }

    @Test func aResetIsNoOrderlyEnd() async throws {
        try await Self.withProxy { proxy, _ in
            let connection = try RESPConnection(to: proxy.endpoint)
            _ = try connection.send(["ECHO", "text"])
            proxy.resetConnections()
            #expect(throws: BenchError.self) { try connection.readBytes() }
        }
    }

    @Test func aResetComesAfterSoManyBytes() async throws {
        try await Self.withProxy { proxy, _ in
            proxy.set(.reset(after: 10), for: .toClient)
            let connection = try RESPConnection(to: proxy.endpoint)
            _ = try? connection.send(["ECHO", "text"])
            #expect(throws: BenchError.self) { try connection.readBytes() }
        }
    }

    @Test func aHalfClosedConnectionStillCarriesTheOtherDirection() async throws {
        try await Self.withProxy { proxy, server in
            let connection = try RESPConnection(to: proxy.endpoint)
            _ = try connection.send(["ECHO", "text"])
            proxy.halfClose(.toClient)
            #expect(try connection.readBytes() == [])
            try connection.write(RESPValue.command(["LAST", "words"]))
            try blockUntil { server.allCommands.last == ["LAST", "words"] }
        }
    }

    @Test func connectionsAreRefusedAndAcceptedAgain() async throws {
        try await Self.withProxy { proxy, _ in
            let old = try RESPConnection(to: proxy.endpoint)
            _ = try old.send(["ECHO", "text"])
            try proxy.refuseConnections()
            #expect(throws: BenchError.self) { try RESPConnection(to: proxy.endpoint).send(["ECHO", "text"]) }
            #expect(try old.send(["ECHO", "text"]) == Self.bulk("text"))
            try proxy.refuseConnections(false)
            let connection = try RESPConnection(to: proxy.endpoint)
            #expect(try connection.send(["ECHO", "text"]) == Self.bulk("text"))
        }
    }

    @Test func aClientOfAServerThatIsGoneIsReset() async throws {
        try await Self.withProxy { proxy, server in
            let port = server.port
            let lonely = try FaultProxy(to: .port(port == 1 ? 2 : 1))
            defer { lonely.stop() }
            #expect(throws: BenchError.self) { try RESPConnection(to: lonely.endpoint).send(["ECHO", "text"]) }
        }
    }

    @Test func theEndOfAClientReachesTheServer() async throws {
        try await Self.withProxy { proxy, _ in
            do { _ = try RESPConnection(to: proxy.endpoint).send(["ECHO", "text"]) }
            try blockUntil { proxy.statistics.openConnections == 0 }
            #expect(proxy.statistics.connections == 1)
        }
    }

    @Test(.enabled(if: RedisServer.isAvailable(.redis)))
    func aRealServerCanBeBehindIt() async throws {
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

/// Waits on the thread of the caller, which is one for waiting.
private func blockUntil(_ condition: () -> Bool) throws {
    let deadline = ContinuousClock.now + .seconds(10)
    while !condition() {
        guard ContinuousClock.now < deadline else { throw BenchError("it did not come true") }
    }
}
