// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingRedis
import RedisTestSupport
import Testing

/// Calls of cached functions while the server fails: each returns its value in time.
@Suite("Cached functions during failures of the server")
struct CacheFaultTests {
    private func function(_ manager: CacheManager, _ loads: CallCounter) -> CachedFunction<Int, Int> {
        cached(ttl: 3600, key: { "k:\($0)" }, manager: manager) { (id: Int) async in
            loads.increment()
            return id
        }
    }

    @Test(arguments: RedisServer.availableKinds)
    func `a killed server costs loads only`(kind: RedisServer.Kind) async throws {
        try await RedisServer.withServer(kind) { server in
            let manager = CacheManager(backend: try TestBackend.withShortTimeouts(server.url))
            let loads = CallCounter()
            let function = function(manager, loads)
            let (isOver, calls) = (Source(false), CallCounter())
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<64 {
                    group.addTask { () async throws in
                        var random = SystemRandomNumberGenerator()
                        while !isOver.value {
                            let id = Int.random(in: 0..<50, using: &random)
                            #expect(try await function(id) == id)
                            calls.increment()
                            // Without a server, no call suspends, and two such tasks would occupy all threads.
                            await Task.yield()
                        }
                    }
                }
                for _ in 0..<3 {
                    let before = calls.count
                    try await Waiting.until { calls.count > before + 500 }
                    server.kill()
                    try await Waiting.until { manager.health["default"]?.isConnected == false }
                    let during = calls.count
                    try await Waiting.until { calls.count > during + 500 }
                    try await server.start()
                    try await Waiting.until { manager.isUsable }
                }
                isOver.value = true
                try await group.waitForAll()
            }
            try await manager.waitUntilUsable()
            await manager.shutdown()
        }
    }

    @Test(arguments: RedisServer.availableKinds)
    func `a hanging server delays calls until the breaker opens`(kind: RedisServer.Kind) async throws {
        try await RedisServer.withServer(kind) { server in
            let manager = CacheManager(backend: try TestBackend.withShortTimeouts(server.url))
            let loads = CallCounter()
            let function = function(manager, loads)
            #expect(try await function(1) == 1)
            server.pause()
            let start = ContinuousClock.now
            for id in 0..<8 { #expect(try await function(id) == id) }
            try await Waiting.until("the breaker is open") { !manager.isUsable }
            let slow = ContinuousClock.now - start
            #expect(slow >= .milliseconds(1000) && slow < .seconds(20))
            let then = ContinuousClock.now
            for id in 100..<300 { #expect(try await function(id) == id) }
            // One of them may be the probe.
            #expect(ContinuousClock.now - then < .seconds(10))
            #expect(manager.statistics.skippedOperations + manager.statistics.backendFailures >= 200)
            server.resume()
            try await manager.waitUntilUsable()
            #expect(try await function(1) == 1)
            await manager.shutdown()
        }
    }

    /// The errors of a server, and whether the backend remains available.
    @Test(arguments: [
        ("OOM command not allowed when used memory > 'maxmemory'.", true), ("NOPERM no permissions", true),
        ("ERR something", true), ("MISCONF Redis is configured to save RDB snapshots", true),
        ("LOADING Redis is loading the dataset in memory", false), ("BUSY Redis is busy running a script", false),
    ])
    func `an error of the server is a miss`(text: String, staysAvailable: Bool) async throws {
        let server = try ScriptedServer { command, _ in
            switch command[0] {
            case "HELLO": .hello
            case "PING", "CLIENT": .ok
            default: .error(text)
            }
        }
        defer { server.stop() }
        let manager = CacheManager(backend: try TestBackend.withShortTimeouts(server.url))
        let loads = CallCounter()
        let function = function(manager, loads)
        for id in 0..<20 { #expect(try await function(id) == id) }
        #expect(manager.health["default"]?.isAvailable == staysAvailable)
        #expect(server.connections == 1)
        await #expect(throws: (any Error).self) { try await manager.set("k", 1) }
        await manager.shutdown()
    }

    @Test(arguments: ["READONLY You can't write against a read only replica.", "NOAUTH Authentication required."])
    func `a read-only server causes one reconnection`(text: String) async throws {
        let server = try ScriptedServer { command, _ in
            switch command[0] {
            case "HELLO": .hello
            case "PING", "CLIENT": .ok
            default: .error(text)
            }
        }
        defer { server.stop() }
        let manager = CacheManager(backend: try TestBackend.withShortTimeouts(server.url))
        let start = ContinuousClock.now
        let function = function(manager, CallCounter())
        for id in 0..<10 { #expect(try await function(id) == id) }
        try await Waiting.until("it is connected again") { server.connections >= 2 }
        for id in 0..<200 { #expect(try await function(id) == id) }
        // At most one replacement in 30 s.
        #expect(server.connections <= 2 + Int((ContinuousClock.now - start) / .seconds(30)))
        await manager.shutdown()
    }

    @Test(arguments: RedisServer.availableKinds)
    func `a server without memory costs loads only`(kind: RedisServer.Kind) async throws {
        try await RedisServer.withServer(kind) { server in
            let manager = CacheManager(backend: try TestBackend.withShortTimeouts(server.url))
            let loads = CallCounter()
            let function = function(manager, loads)
            #expect(try await function(1) == 1)
            try await server.command("CONFIG", "SET", "maxmemory", "1")
            for id in 0..<20 { #expect(try await function(id) == id) }
            #expect(manager.health["default"]?.isAvailable == true, "reads succeed")
            #expect(loads.count == 20)
            try await server.command("CONFIG", "SET", "maxmemory", "0")
            await manager.shutdown()
        }
    }

    @Test func `a server with too many clients is retried`() async throws {
        let full = Array("-ERR max number of clients reached\r\n".utf8)
        let server = try ScriptedServer(greeting: { $0 <= 3 ? .close(after: full) : .none }) { command, _ in
            command[0] == "HELLO" ? .hello : command[0] == "MGET" ? .text("*2\r\n_\r\n$1\r\n1\r\n") : .ok
        }
        defer { server.stop() }
        let manager = CacheManager(backend: try TestBackend.withShortTimeouts(server.url))
        let function = function(manager, CallCounter())
        for id in 0..<20 { #expect(try await function(id) == id) }
        try await Waiting.until("it is connected") { manager.health["default"]?.isConnected == true }
        #expect(server.connections == 4)
        await manager.shutdown()
    }

    @Test(arguments: RedisServer.availableKinds)
    func `a server that loads its data is used afterwards`(kind: RedisServer.Kind) async throws {
        // Slow enough to be used while it loads, on any machine.
        let options = ServerOptions(
            persistent: true,
            arguments: ["--key-load-delay", "2000", "--loading-process-events-interval-bytes", "1024"]
        )
        try await RedisServer.withServer(kind, options) { server in
            let manager = CacheManager(backend: try TestBackend.withShortTimeouts(server.url))
            let loads = CallCounter()
            let function = function(manager, loads)
            for id in 0..<500 { #expect(try await function(id) == id) }
            try await server.saveNow()
            try await server.restart(duringLoading: true)
            for id in 0..<500 { #expect(try await function(id) == id) }
            try await manager.waitUntilUsable()
            let before = loads.count
            for id in 0..<500 { #expect(try await function(id) == id) }
            #expect(loads.count == before, "the server has its data")
            await manager.shutdown()
        }
    }
}
