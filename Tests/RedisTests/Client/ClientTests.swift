// SPDX-License-Identifier: Apache-2.0

import Foundation
import RedisClient
import RedisTestSupport
import Testing

/// The client on real servers.
@Suite("Client")
struct ClientTests {
    @Test(arguments: RedisServer.availableKinds)
    func `each caller gets the reply to its command`(kind: RedisServer.Kind) async throws {
        let server = try await RedisServer.shared(kind)
        let settings = try TestClient.settings("\(server.url)/\(RedisServer.nextDatabase())")
        try await TestClient.with(settings) { (client, log) async throws in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for task in 0..<100 {
                    group.addTask {
                        for number in 0..<20 {
                            let text = "\(task):\(number)"
                            _ = try await client.send(RedisCommand("SET", .text(text), .text(text)))
                            #expect(try await client.send(RedisCommand("GET", .text(text))).text == text)
                        }
                    }
                }
                try await group.waitForAll()
            }
            let replies = try await client.send([RedisCommand("GET", "1:1"), RedisCommand("NO"), RedisCommand("PING")])
            #expect(replies.count == 3 && replies[0].text == "1:1" && replies[2] == .simple("PONG"))
            await #expect(throws: RedisError.self) { try await client.send(RedisCommand("NO")) }
            #expect(try await client.send([]).isEmpty)
            #expect(log.connections == 1)
        }
    }

    @Test(arguments: RedisServer.availableKinds)
    func `server information and client name are exchanged`(kind: RedisServer.Kind) async throws {
        let server = try await RedisServer.shared(kind)
        for url in [server.url, "redis+unix://\(server.socketPath)"] {
            var settings = try TestClient.settings(url)
            settings.clientName = "a-name-\(TestBackend.nextNumber())"
            try await TestClient.with(settings) { (client, _) async throws in
                #expect(client.status == .idle)
                let info = try await client.connect()
                #expect(info.name == kind.rawValue && info.role == "master" && info.protocolVersion == 3)
                #expect(client.status == .connected(info))
                let list = try await server.command("CLIENT", "LIST")
                #expect(list.contains("name=\(settings.clientName ?? "")"))
            }
        }
    }

    @Test(arguments: RedisServer.availableKinds)
    func `users are authenticated`(kind: RedisServer.Kind) async throws {
        try await RedisServer.withServer(kind, ServerOptions(password: "se cret/%")) { server in
            try await server.command("ACL", "SETUSER", "ada", "on", ">lace", "~*", "+@all")
            try await server.command("ACL", "SETUSER", "open", "on", "nopass", "~*", "+@all")
            try await server.command("ACL", "SETUSER", "mute", "on", ">x", "~*", "+@all", "-hello", "-ping", "-client")
            for (credentials, name) in [
                (":se%20cret%2F%25", "default"), ("default:se%20cret%2F%25", "default"), ("ada:lace", "ada"),
                ("open", "open"), ("mute:x", "mute"),
            ] {
                let settings = try TestClient.settings("redis://\(credentials)@127.0.0.1:\(server.port)")
                try await TestClient.with(settings) { (client, _) async throws in
                    #expect(try await client.send(RedisCommand("ACL", "WHOAMI")).text == name)
                }
            }
            for credentials in ["", "ada:wrong@", ":wrong@", "nobody:x@"] {
                let settings = try TestClient.settings("redis://\(credentials)127.0.0.1:\(server.port)")
                try await TestClient.with(settings) { (client, _) async throws in
                    let error = await #expect(throws: RedisError.self) { try await client.connect() }
                    guard case .refused(_, isCredential: true)? = error else {
                        Issue.record("\(credentials): \(String(describing: error))")
                        return
                    }
                }
            }
        }
    }

    @Test(arguments: RedisServer.availableKinds)
    func `large values are sent and received at the same time`(kind: RedisServer.Kind) async throws {
        let server = try await RedisServer.shared(kind)
        var settings = try TestClient.settings("\(server.url)/\(RedisServer.nextDatabase())")
        settings.maximumPendingBytes = 512 << 20
        try await TestClient.with(settings) { (client, _) async throws in
            let sizes = [16, 24, 32]
            let values = sizes.map { [UInt8](repeating: UInt8($0), count: $0 << 20) }
            for (size, value) in zip(sizes, values) {
                _ = try await client.send(RedisCommand("SET", "\(size)".argument, .bytes(value)))
            }
            // Both sides send more than any buffer holds.
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (size, value) in zip(sizes, values) {
                    group.addTask {
                        let reply = try await client.send(RedisCommand("GET", "\(size)".argument))
                        #expect(reply.bytes == value)
                    }
                    group.addTask {
                        _ = try await client.send(RedisCommand("SET", "other\(size)".argument, .bytes(value)))
                    }
                }
                try await group.waitForAll()
            }
            for size in sizes {
                let length = try await client.send(RedisCommand("STRLEN", "other\(size)".argument))
                #expect(length == .integer(Int64(size << 20)))
            }
            _ = try await client.send(RedisCommand("FLUSHDB"))
        }
    }

    /// The number of operations; `.ci/run` sets a million in an optimised build.
    private static let operations =
        Int(ProcessInfo.processInfo.environment["CACHING_CLIENT_OPERATIONS"] ?? "") ?? 20_000

    @Test(arguments: RedisServer.availableKinds)
    func cancellationsMisdirectNoReplies(kind: RedisServer.Kind) async throws {
        let server = try await RedisServer.shared(kind)
        let settings = try TestClient.settings("\(server.url)/\(RedisServer.nextDatabase())")
        let seed = UInt64.random(in: 0 ... .max)
        print("cancellations: seed \(seed)")
        try await TestClient.with(settings) { (client, log) async throws in
            let cancelled = CallCounter()
            let tasks = 64
            await withTaskGroup(of: Void.self) { group in
                for task in 0..<tasks {
                    group.addTask {
                        var random = SeededGenerator(seed: seed &+ UInt64(task))
                        for number in 0..<(Self.operations / tasks) {
                            let text = "\(task):\(number)"
                            let operation = Task { try await client.send(RedisCommand("ECHO", .text(text))).text }
                            if Int.random(in: 0..<10, using: &random) == 0 {
                                if Bool.random(using: &random) { await Task.yield() }
                                operation.cancel()
                            }
                            switch await operation.result {
                            case .success(let reply):
                                if reply != text { Issue.record("seed \(seed): \(text) got \(reply ?? "nothing")") }
                            case .failure(let error):
                                if error is CancellationError {
                                    cancelled.increment()
                                } else {
                                    Issue.record("\(error)")
                                }
                            }
                        }
                    }
                }
            }
            #expect(cancelled.count > 0)
            #expect(log.connections == 1)
        }
    }

    @Test(arguments: RedisServer.availableKinds)
    func `a shutdown ends pending commands and leaks nothing`(kind: RedisServer.Kind) async throws {
        let server = try await RedisServer.shared(kind)
        let descriptors = FileDescriptors.count
        for _ in 0..<30 {
            let client = RedisClient(try TestClient.settings(server.url))
            try await client.connect()
            let tasks = (0..<64).map { _ in
                Task { for _ in 0..<1000 { _ = try await client.send(RedisCommand("PING")) } }
            }
            let connects = (0..<8).map { _ in Task { for _ in 0..<1000 { _ = try await client.connect() } } }
            await Task.yield()
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<3 { group.addTask { await client.shutdown() } }
            }
            for task in tasks + connects {
                if case .failure(let error) = await task.result { #expect(error as? RedisError == .shutDown) }
            }
            #expect(client.status == .closed)
            await #expect(throws: RedisError.shutDown) { try await client.send(RedisCommand("PING")) }
            await #expect(throws: RedisError.shutDown) { try await client.connect() }
            await client.shutdown()
        }
        try await Waiting.until("no more descriptors") { FileDescriptors.count < descriptors + 25 }
    }

    @Test(arguments: RedisServer.availableKinds)
    func `a client without a shutdown leaks nothing`(kind: RedisServer.Kind) async throws {
        let server = try await RedisServer.shared(kind)
        let (descriptors, threads) = (FileDescriptors.count, Threads.count)
        for _ in 0..<100 { try await RedisClient(try TestClient.settings(server.url)).connect() }
        try await Waiting.until("no more descriptors") { FileDescriptors.count < descriptors + 40 }
        try await Waiting.until("no more threads") { Threads.count < threads + 40 }
    }

    @Test func `a shutdown returns before the first use and while connecting`() async throws {
        let unused = RedisClient(try TestClient.settings("redis://127.0.0.1:1"))
        await unused.shutdown()
        await #expect(throws: RedisError.shutDown) { try await unused.connect() }
        // A server that accepts connections and sends nothing.
        let server = try ScriptedServer { _, _ in .none }
        defer { server.stop() }
        let client = RedisClient(try TestClient.settings(server.url))
        let connects = (0..<10).map { _ in Task { try await client.connect() } }
        let sends = (0..<10).map { _ in Task { try await client.send(RedisCommand("PING")) } }
        try await server.waitForCommands(1)
        await client.shutdown()
        for task in connects { await #expect(throws: RedisError.shutDown) { try await task.value } }
        for task in sends { await #expect(throws: RedisError.shutDown) { try await task.value } }
    }
}

extension String {
    /// The text as a word of a command.
    var argument: RedisArgument { .text(self) }
}
