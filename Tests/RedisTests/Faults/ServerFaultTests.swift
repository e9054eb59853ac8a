// SPDX-License-Identifier: Apache-2.0

import RedisClient
import RedisTestSupport
import Testing

/// Servers that are killed, hang and return, with many tasks.
@Suite("Killed and hanging servers")
struct ServerFaultTests {
    @Test(arguments: RedisServer.availableKinds, [64, 1024])
    func `a killed server fails each command once and is used again`(kind: RedisServer.Kind, tasks: Int) async throws {
        try await RedisServer.withServer(kind) { server in
            try await TestClient.with(try TestClient.settings(server.url)) { (client, log) async throws in
                let (answered, failed, isOver) = (CallCounter(), CallCounter(), Source(false))
                // A continuation that is resumed twice traps, and without a resumption the group never ends.
                await withTaskGroup(of: Void.self) { group in
                    for task in 0..<tasks {
                        group.addTask {
                            while !isOver.value {
                                do {
                                    let reply = try await client.send(RedisCommand("ECHO", .text("\(task)")))
                                    if reply.text != "\(task)" { Issue.record("\(reply)") }
                                    answered.increment()
                                } catch {
                                    failed.increment()
                                    await Task.yield()
                                }
                            }
                        }
                    }
                    group.addTask {
                        do {
                            for _ in 0..<2 {
                                let before = answered.count
                                try await Waiting.until("commands are answered") { answered.count > before + 2 * tasks }
                                let failures = failed.count
                                server.kill()
                                try await Waiting.until("commands fail") { failed.count > failures }
                                try await server.start()
                                let connections = log.connections
                                try await Waiting.until("a new connection", { log.connections > connections - 1 })
                            }
                            let before = answered.count
                            try await Waiting.until("commands are answered") { answered.count > before + 2 * tasks }
                        } catch {
                            Issue.record(error)
                        }
                        isOver.value = true
                    }
                }
                #expect(log.connections == 3)
            }
        }
    }

    @Test(arguments: RedisServer.availableKinds)
    func `commands time out while a server hangs`(kind: RedisServer.Kind) async throws {
        try await RedisServer.withServer(kind) { server in
            try await TestClient.with(try TestClient.settings(server.url, hasLongTimeouts: false)) {
                (client, log) async throws in
                try await client.connect()
                server.pause()
                let start = ContinuousClock.now
                await withTaskGroup(of: Void.self) { group in
                    for _ in 0..<200 {
                        group.addTask {
                            await #expect(throws: RedisError.timedOut(.milliseconds(1000))) {
                                try await client.send(RedisCommand("PING"))
                            }
                        }
                    }
                }
                let elapsed = ContinuousClock.now - start
                #expect(elapsed >= .milliseconds(1000) && elapsed < .seconds(20))
                // The connection is closed, and commands fail immediately.
                try await Waiting.until("the connection is closed") { log.events.count > 1 }
                await #expect(throws: RedisError.self) { try await client.send(RedisCommand("PING")) }
                server.resume()
                try await client.sendUntilAnswered(RedisCommand("PING"))
            }
        }
    }

    @Test(arguments: RedisServer.availableKinds)
    func `attempts to connect to a paused server are spaced`(kind: RedisServer.Kind) async throws {
        try await RedisServer.withServer(kind) { server in
            let proxy = try FaultProxy(to: server.endpoint)
            defer { proxy.stop() }
            server.pause()
            try await TestClient.with(try TestClient.settings(proxy.url, hasLongTimeouts: false)) {
                (client, log) async throws in
                let start = ContinuousClock.now
                await #expect(throws: RedisError.self) { try await client.connect() }
                #expect(ContinuousClock.now - start < .seconds(20))
                try await Waiting.until("three attempts") { log.events.count >= 3 }
                // Each attempt lasts until its timeout.
                let attempts = Int((ContinuousClock.now - start) / .milliseconds(2000)) + 1
                #expect(proxy.statistics.connections <= attempts)
                server.resume()
                try await client.sendUntilAnswered(RedisCommand("PING"))
            }
        }
    }

    @Test func `attempts to connect to a missing server are spaced`() async throws {
        let server = try ScriptedServer { _, _ in .ok }
        let proxy = try FaultProxy(to: server.endpoint)
        defer { proxy.stop() }
        defer { server.stop() }
        try proxy.refuseConnections()
        var settings = try TestClient.settings(proxy.url)
        settings.reconnectPolicy = ReconnectPolicy.Settings()
        try await TestClient.with(settings) { (client, log) async throws in
            await #expect(throws: RedisError.self) { try await client.connect() }
            let failures = CallCounter()
            let end = ContinuousClock.now + .seconds(2)
            while ContinuousClock.now < end {
                do { _ = try await client.send(RedisCommand("PING")) } catch { failures.increment() }
                try await Task.sleep(for: .microseconds(200))
            }
            #expect(failures.count > 1)
            #expect(log.events.count <= 60)
        }
    }

    @Test(arguments: RedisServer.availableKinds)
    func `a thousand connections leak nothing`(kind: RedisServer.Kind) async throws {
        let server = try await RedisServer.shared(kind)
        let proxy = try FaultProxy(to: server.endpoint)
        defer { proxy.stop() }
        var settings = try TestClient.settings(proxy.url)
        settings.reconnectPolicy.maximumBackoff = .milliseconds(1)
        try await TestClient.with(settings) { (client, log) async throws in
            try await client.connect()
            let (descriptors, threads) = (FileDescriptors.count, Threads.count)
            for number in 1...1000 {
                if number.isMultiple(of: 2) { proxy.resetConnections() } else { proxy.closeConnections() }
                try await client.sendUntilAnswered(RedisCommand("PING"))
            }
            #expect(proxy.statistics.connections >= 1001)
            try await Waiting.until("no more descriptors") { FileDescriptors.count < descriptors + 100 }
            try await Waiting.until("no more threads") { Threads.count < threads + 60 }
            #expect(log.connections >= 1001)
        }
    }

    @Test(arguments: RedisServer.availableKinds)
    func `commands beyond the limit fail immediately`(kind: RedisServer.Kind) async throws {
        try await RedisServer.withServer(kind) { server in
            var settings = try TestClient.settings(server.url)
            settings.maximumPending = 100
            try await TestClient.with(settings) { (client, _) async throws in
                try await client.connect()
                server.pause()
                let waiting = (0..<100).map { _ in Task { try await client.send(RedisCommand("PING")) } }
                try await Waiting.until("the queue is full") { !waiting.isEmpty }
                let deadline = ContinuousClock.now + .seconds(30)
                var isFull = false
                while !isFull, ContinuousClock.now < deadline {
                    do { _ = try await client.send(RedisCommand("PING"), timeout: .milliseconds(50)) } catch {
                        if case .overloaded? = error as? RedisError { isFull = true }
                    }
                }
                #expect(isFull)
                let start = ContinuousClock.now
                for _ in 0..<100 {
                    await #expect(throws: RedisError.self) { try await client.send(RedisCommand("PING")) }
                }
                #expect(ContinuousClock.now - start < .seconds(10))
                server.resume()
                for task in waiting { _ = await task.result }
                try await client.sendUntilAnswered(RedisCommand("PING"))
            }
        }
    }
}
