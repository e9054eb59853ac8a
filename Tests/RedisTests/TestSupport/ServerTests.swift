// SPDX-License-Identifier: Apache-2.0

import Foundation
import RedisTestSupport
import Testing

/// The servers of tests.
@Suite("Test servers")
struct ServerTests {
    @Test(arguments: RedisServer.availableKinds)
    func `a server replies on its port and its socket`(kind: RedisServer.Kind) async throws {
        try await RedisServer.withServer(kind) { server in
            #expect(try await server.command("SET", "key", "value") == "OK")
            for endpoint in [server.endpoint, .path(server.socketPath)] {
                let reply = try await Waiting.run { try RESPConnection(to: endpoint).send(["GET", "key"]) }
                #expect(reply == .bulk(Array("value".utf8)))
            }
            #expect(server.log.contains("Ready to accept connections"))
        }
    }

    @Test(arguments: RedisServer.availableKinds)
    func `the shared server starts once and has a database per test`(kind: RedisServer.Kind) async throws {
        let server = try await RedisServer.shared(kind)
        #expect(try await RedisServer.shared(kind) === server)
        let (first, second) = (RedisServer.nextDatabase(), RedisServer.nextDatabase())
        #expect(first != second)
        _ = try await server.reply(to: ["SET", "key", "first"], database: first)
        #expect(try await server.reply(to: ["GET", "key"], database: second) == .null)
        #expect(try await server.reply(to: ["GET", "key"], database: first) == .bulk(Array("first".utf8)))
    }

    @Test(.enabled(if: RedisServer.isAvailable(.redis)))
    func `two servers are independent`() async throws {
        try await RedisServer.withServer(.redis) { first in
            try await RedisServer.withServer(.redis) { second in
                #expect(first.port != second.port)
                try await first.command("SET", "key", "value")
                #expect(try await second.command("GET", "key") == "(nil)")
            }
        }
    }

    @Test(arguments: RedisServer.availableKinds)
    func `a killed server restarts empty on the same port`(kind: RedisServer.Kind) async throws {
        try await RedisServer.withServer(kind) { server in
            let port = server.port
            try await server.command("SET", "key", "value")
            server.kill()
            #expect(!server.isRunning)
            await #expect(throws: TestSupportError.self) { try await server.command("PING") }
            try await server.restart()
            #expect(server.port == port)
            #expect(try await server.command("GET", "key") == "(nil)")
        }
    }

    @Test(arguments: RedisServer.availableKinds)
    func `a persistent server restarts with its saved data`(kind: RedisServer.Kind) async throws {
        try await RedisServer.withServer(kind, ServerOptions(persistent: true)) { server in
            try await server.command("SET", "key", "old")
            try await server.saveNow()
            try await server.command("SET", "key", "new")
            try await server.restart()
            #expect(try await server.command("GET", "key") == "old")
        }
    }

    @Test(arguments: RedisServer.availableKinds)
    func `a server can be used while it loads its data`(kind: RedisServer.Kind) async throws {
        // A millisecond for each key, with clients served in between.
        let arguments = ["--key-load-delay", "1000", "--loading-process-events-interval-bytes", "1024"]
        try await RedisServer.withServer(kind, ServerOptions(persistent: true, arguments: arguments)) { server in
            try await server.command("EVAL", "for i=1,2000 do redis.call('SET', i, i) end", "0")
            try await server.saveNow()
            try await server.restart(duringLoading: true)
            let reply = try await server.reply(to: ["GET", "1"])
            guard case .error(let text) = reply, text.hasPrefix("LOADING ") else {
                Issue.record("\(reply)")
                return
            }
        }
    }

    @Test(.enabled(if: RedisServer.isAvailable(.redis)))
    func `a stopped server terminates cleanly`() async throws {
        try await RedisServer.withServer(.redis) { server in
            server.stop()
            #expect(!server.isRunning)
            #expect(server.log.contains("bye bye"))
        }
    }

    @Test(arguments: RedisServer.availableKinds)
    func `a paused server replies after it is resumed`(kind: RedisServer.Kind) async throws {
        try await RedisServer.withServer(kind) { server in
            server.pause()
            await #expect(throws: TestSupportError.self) {
                try await server.reply(to: ["PING"], timeout: .milliseconds(100))
            }
            server.resume()
            let reply = try await server.command("PING")
            #expect(reply == "PONG")
        }
    }

    @Test(.enabled(if: RedisServer.isAvailable(.redis)))
    func `a server is configured by its options`() async throws {
        let options = ServerOptions(password: "secret", arguments: ["--maxclients", "7"])
        try await RedisServer.withServer(.redis, options) { server in
            #expect(try await server.command("CONFIG", "GET", "maxclients") == "maxclients\n7")
            #expect(server.url == "redis://:secret@127.0.0.1:\(server.port)")
            let reply = try await Waiting.run { try RESPConnection(to: server.endpoint).send(["PING"]) }
            #expect(reply == .error("NOAUTH Authentication required."))
        }
    }

    @Test(.enabled(if: RedisServer.isAvailable(.redis)))
    func `the error of a failed start contains the log`() async throws {
        let error = await #expect(throws: TestSupportError.self) {
            try await RedisServer.withServer(.redis, ServerOptions(arguments: ["--no-such-option", "1"])) { _ in }
        }
        #expect(error?.description.contains("no-such-option") == true)
    }

    /// Also a paused server, which cannot notice the end of the process itself.
    @Test(arguments: RedisServer.availableKinds, [false, true])
    func `a server ends with the process that started it`(kind: RedisServer.Kind, isPaused: Bool) async throws {
        try await RedisServer.withServer(kind) { server in
            if isPaused { server.pause() }
            server.disconnectWatchdog()
            try await Waiting.until("the end of the server") { !server.isRunning }
            try await Waiting.until("the end of its directory") {
                !FileManager.default.fileExists(atPath: server.socketPath)
            }
        }
    }
}
