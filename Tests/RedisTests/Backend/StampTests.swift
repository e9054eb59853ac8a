// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingRedis
import RedisClient
import RedisTestSupport
import Testing

/// The stamps of a cache and of its tags on the server.
@Suite("Stamps on the server")
struct StampTests {
    private static let version = "test:\u{1F}version"
    private static let tag = "test:\u{1F}tag:t"

    @Test(arguments: RedisServer.availableKinds)
    func `the digests of the scripts equal those of the server`(kind: RedisServer.Kind) async throws {
        let server = try await RedisServer.shared(kind)
        for script in StampScripts.all {
            #expect(try await server.command("SCRIPT", "LOAD", script.source) == script.digest)
        }
    }

    @Test(.enabled(if: PythonPackages.isAvailable))
    func `the digests of the scripts equal those of Python`() async throws {
        for script in StampScripts.all {
            let lines = try await PythonPackages.run(
                "import hashlib, sys; print(hashlib.sha1(sys.stdin.buffer.read()).hexdigest())",
                input: Array(script.source.utf8)
            )
            #expect(lines == [script.digest])
        }
    }

    @Test(arguments: RedisServer.availableKinds)
    func `a lost stamp invalidates its entries permanently`(kind: RedisServer.Kind) async throws {
        for key in [Self.version, Self.tag] {
            let processes = try await TwoProcesses(kind)
            try await processes.first.set("k", 1, tags: ["t"])
            #expect(try await processes.second.get("k", as: Int.self) == 1)
            #expect(try await processes.command("DEL", key) == "1")
            #expect(try await processes.second.get("k", as: Int.self) == nil, "\(key.debugDescription)")
            // The next operation that needs the stamp creates it again.
            try await processes.second.set("other", 2, tags: ["t"])
            #expect(try await processes.command("EXISTS", key) == "1")
            for manager in [processes.first, processes.second] {
                #expect(try await manager.get("k", as: Int.self) == nil)
                #expect(try await manager.get("other", as: Int.self) == 2)
            }
            try await processes.first.set("k", 3, tags: ["t"])
            #expect(try await processes.second.get("k", as: Int.self) == 3)
            await processes.shutdown()
        }
    }

    @Test(arguments: RedisServer.availableKinds)
    func `an entry without tags gets the current stamp`(kind: RedisServer.Kind) async throws {
        let processes = try await TwoProcesses(kind)
        try await processes.first.set("a", 1)
        // The first manager writes the next entry with an outdated stamp.
        try await processes.second.clear()
        try await processes.first.set("b", 2)
        for manager in [processes.first, processes.second] {
            #expect(try await manager.get("a", as: Int.self) == nil)
            #expect(try await manager.get("b", as: Int.self) == 2)
        }
        await processes.shutdown()
    }

    @Test(arguments: RedisServer.availableKinds)
    func `scripts are sent again after they were flushed`(kind: RedisServer.Kind) async throws {
        // Not a shared server, whose scripts other tests use.
        try await RedisServer.withServer(kind) { server in
            let manager = CacheManager(
                backend: RedisBackend(try TestBackend.configuration(server.url), prefix: "test:")
            )
            let loads = CallCounter()
            let function = cached(key: "k", tags: ["t"], manager: manager) { () async in loads.increment() }
            for round in 1...3 {
                for _ in 0..<2 { #expect(try await function() == 2 * round - 1) }
                try await server.command("SCRIPT", "FLUSH")
                try await manager.invalidate(tag: "t")
                try await server.command("SCRIPT", "FLUSH")
                for _ in 0..<2 { #expect(try await function() == 2 * round) }
                try await server.command("SCRIPT", "FLUSH")
                try await manager.clear()
                try await server.command("SCRIPT", "FLUSH")
            }
            #expect(manager.statistics.backendFailures == 0)
            await manager.shutdown()
        }
    }

    @Test(arguments: RedisServer.availableKinds)
    func `the stamp of a tag outlives its entries`(kind: RedisServer.Kind) async throws {
        let processes = try await TwoProcesses(kind)
        let day = 86_400_000
        try await processes.first.set("k", 1, ttl: 60, tags: ["t"])
        var left = Int(try await processes.command("PTTL", Self.tag)) ?? 0
        #expect((29 * day...30 * day).contains(left))
        #expect(try await processes.command("PTTL", Self.version) == "-1")
        // Also with an empty script cache.
        try await processes.server.command("SCRIPT", "FLUSH")
        try await processes.first.set("k", 1, ttl: .days(90), tags: ["t"])
        left = Int(try await processes.command("PTTL", Self.tag)) ?? 0
        #expect((90 * day + day / 2...91 * day).contains(left))
        try await processes.first.set("k", 1, ttl: 60, tags: ["t"])
        #expect(Int(try await processes.command("PTTL", Self.tag)) ?? 0 > 90 * day)
        try await processes.first.set("k", 1, ttl: .forever, tags: ["t"])
        #expect(try await processes.command("PTTL", Self.tag) == "-1")
        await processes.shutdown()
    }

    @Test(arguments: RedisServer.availableKinds)
    func `stamps are strictly increasing`(kind: RedisServer.Kind) async throws {
        let processes = try await TwoProcesses(kind)
        var last: UInt64 = 0
        for _ in 0..<100 {
            try await processes.first.clear()
            let stamp = UInt64(try await processes.command("GET", Self.version)) ?? 0
            #expect(stamp > last)
            last = stamp
        }
        // Also after the clock of the server was set back, so that the stamp is in the future.
        let future = last + 1_000_000_000_000
        try await processes.command("SET", Self.version, "\(future)")
        try await processes.first.clear()
        #expect(try await processes.command("GET", Self.version) == "\(future + 1)")
        await processes.shutdown()
    }

    @Test(arguments: RedisServer.availableKinds)
    func `a damaged stamp is replaced`(kind: RedisServer.Kind) async throws {
        let processes = try await TwoProcesses(kind)
        try await processes.first.set("k", 1)
        try await processes.command("SET", Self.version, "rubbish")
        #expect(try await processes.first.get("k", as: Int.self) == nil)
        try await processes.first.clear()
        try await processes.first.set("k", 2)
        #expect(try await processes.second.get("k", as: Int.self) == 2)
        await processes.shutdown()
    }
}
