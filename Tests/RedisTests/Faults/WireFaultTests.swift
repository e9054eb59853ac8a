// SPDX-License-Identifier: Apache-2.0

import RedisClient
import RedisTestSupport
import Testing

/// Connections that are slow, cut or dead, or that carry invalid replies.
@Suite("Damaged connections")
struct WireFaultTests {
    private func withProxy(
        hasLongTimeouts: Bool = true,
        _ body: (RedisClient, FaultProxy, EventLog<RedisConnectionEvent>) async throws -> Void
    ) async throws {
        let kind: RedisServer.Kind = RedisServer.isAvailable(.valkey) ? .valkey : .redis
        let server = try await RedisServer.shared(kind)
        let proxy = try FaultProxy(to: server.endpoint)
        defer { proxy.stop() }
        try await TestClient.with(try TestClient.settings(proxy.url, hasLongTimeouts: hasLongTimeouts)) {
            (client, log) async throws in
            try await body(client, proxy, log)
        }
    }

    @Test(.enabled(if: !RedisServer.availableKinds.isEmpty))
    func `replies can arrive slowly and byte by byte`() async throws {
        for behavior: FaultProxy.Behavior in [
            .byteByByte, .delay(.milliseconds(5)), .throttle(bytes: 7, every: .milliseconds(1)), .split(at: 3),
        ] {
            try await withProxy { (client, proxy, log) async throws in
                proxy.set(behavior)
                for number in 0..<5 {
                    let text = "größe\r\n\(number)"
                    #expect(try await client.send(RedisCommand("ECHO", .text(text))).text == text)
                }
                #expect(log.connections == 1)
            }
        }
    }

    @Test(.enabled(if: !RedisServer.availableKinds.isEmpty), arguments: [FaultProxy.Behavior.swallow, .stall])
    func `a dead connection is closed`(behavior: FaultProxy.Behavior) async throws {
        for direction in FaultProxy.Direction.allCases {
            try await withProxy(hasLongTimeouts: false) { (client, proxy, log) async throws in
                try await client.connect()
                proxy.set(behavior, for: direction)
                let error = await #expect(throws: RedisError.self) { try await client.send(RedisCommand("PING")) }
                #expect(error == .timedOut(.milliseconds(1000)))
                try await Waiting.until("the connection is closed") {
                    log.events.contains { if case .disconnected = $0 { true } else { false } }
                }
                proxy.set(.pass)
                proxy.resetConnections()
                try await client.sendUntilAnswered(RedisCommand("PING"))
            }
        }
    }

    @Test(.enabled(if: !RedisServer.availableKinds.isEmpty))
    func `a connection to a server that stops reading is closed`() async throws {
        try await withProxy(hasLongTimeouts: false) { (client, proxy, log) async throws in
            try await client.connect()
            proxy.set(.stall, for: .toServer)
            let large = [UInt8](repeating: 1, count: 32 << 20)
            await #expect(throws: RedisError.self) { try await client.send(RedisCommand("ECHO", .bytes(large))) }
            try await Waiting.until("the connection is closed") {
                log.events.contains { if case .disconnected = $0 { true } else { false } }
            }
            proxy.set(.pass)
            try await client.sendUntilAnswered(RedisCommand("PING"))
        }
    }

    @Test(.enabled(if: !RedisServer.availableKinds.isEmpty))
    func `an idle connection is checked`() async throws {
        let server = try await RedisServer.shared(RedisServer.availableKinds[0])
        let proxy = try FaultProxy(to: server.endpoint)
        defer { proxy.stop() }
        var settings = try TestClient.settings(proxy.url, hasLongTimeouts: false)
        settings.idleInterval = .milliseconds(100)
        try await TestClient.with(settings) { (client, log) async throws in
            try await client.connect()
            proxy.set(.swallow)
            try await Waiting.until("the connection is closed") {
                log.events.contains { if case .disconnected = $0 { true } else { false } }
            }
            proxy.set(.pass)
            try await Waiting.until("there is a new connection") { log.connections >= 2 }
        }
    }

    @Test(.enabled(if: !RedisServer.availableKinds.isEmpty))
    func `a truncated reply fails its own caller only`() async throws {
        for place in stride(from: 1, through: 40, by: 3) {
            try await withProxy { (client, proxy, _) async throws in
                try await client.connect()
                let reset = place.isMultiple(of: 2)
                proxy.set(reset ? .reset(after: place) : .cut(after: place), for: .toClient)
                let text = String(repeating: "x", count: 50)
                let error = await #expect(throws: RedisError.self) {
                    try await client.send(RedisCommand("ECHO", .text(text)))
                }
                guard case .connectionLost(_, mayHaveRun: true)? = error else {
                    Issue.record("\(String(describing: error))")
                    return
                }
                proxy.set(.pass)
                try await client.sendUntilAnswered(RedisCommand("PING"))
                #expect(try await client.send(RedisCommand("ECHO", .text(text))).text == text)
            }
        }
    }

    @Test(arguments: [
        "HTTP/1.1 400 Bad Request\r\n\r\n", "$999999999999\r\n", "*2147483647\r\n", "$-5\r\n",
        ":99999999999999999999\r\n",
        "$5\r\nabc", "\u{0}\u{1}\u{2}\r\n", "+OK\r\n+OK\r\n", "*1\r\n*1\r\n?\r\n", "$3\r\nabcdef\r\n",
    ])
    func `an invalid reply ends the connection`(garbage: String) async throws {
        let server = try ScriptedServer { command, number in
            if command[0] == "HELLO" { return .hello }
            if command[0] == "GET", number == 1 { return .close(after: Array(garbage.utf8)) }
            return command[0] == "GET" ? .bulk(command[1]) : .ok
        }
        defer { server.stop() }
        try await TestClient.with(try TestClient.settings(server.url)) { (client, log) async throws in
            do {
                // The first of two replies is valid.
                let reply = try await client.send(RedisCommand("GET", "k"))
                #expect(garbage.hasPrefix("+OK") && reply == .simple("OK"))
            } catch {
                guard case .connectionLost? = error as? RedisError else {
                    Issue.record("\(error)")
                    return
                }
            }
            try await Waiting.until("there is a new connection") { log.connections == 2 }
            #expect(try await client.send(RedisCommand("GET", "k")).text == "k")
        }
    }

    @Test func `an unsolicited reply ends the connection`() async throws {
        let server = try ScriptedServer { command, _ in
            command[0] == "HELLO" ? .hello : command[0] == "GET" ? .bulk(command[1]) : .ok
        }
        defer { server.stop() }
        try await TestClient.with(try TestClient.settings(server.url)) { (client, log) async throws in
            try await client.connect()
            // An out-of-band message is not a reply.
            server.push(Array(">2\r\n+invalidate\r\n*0\r\n".utf8), to: 1)
            #expect(try await client.send(RedisCommand("GET", "a")).text == "a")
            server.push(Array("+OK\r\n".utf8), to: 1)
            try await Waiting.until("there is a new connection") { log.connections == 2 }
            for key in ["a", "b", "c"] { #expect(try await client.send(RedisCommand("GET", .text(key))).text == key) }
        }
    }
}
