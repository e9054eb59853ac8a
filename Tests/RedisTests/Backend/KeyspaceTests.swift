// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingRedis
import RedisTestSupport
import Testing

/// The keys that a backend reads and writes on a server.
@Suite("Keys on the server")
struct KeyspaceTests {
    /// Prefixes that are similar, or have characters that are special in glob patterns.
    private static let prefixes = [
        "a*:", "ab:", "a?:", "a[b]:", "a\\b:", "a^b:", "a-b:", "a[^x]:", "a[a-z]:", "é:", "e\u{301}:", "日本:", "a:",
        "aa:",
        "A:", "a\\*:",
    ]

    @Test(arguments: RedisServer.availableKinds, [RedisFormat.envelope, .json])
    func `caches with similar prefixes are separate`(kind: RedisServer.Kind, format: RedisFormat) async throws {
        let database = RedisServer.nextDatabase()
        var managers: [CacheManager] = []
        for prefix in Self.prefixes {
            let backend = try await TestBackend.make(kind, database: database, prefix: prefix, format: format)
            managers.append(CacheManager(backend: backend))
        }
        let keys = ["k", "k:1", "*", "?", "[k]", "\\", "k-1", "é"]
        for (number, manager) in managers.enumerated() {
            for key in keys { try await manager.set(key, number) }
        }
        for (number, manager) in managers.enumerated() {
            // The caches after this one still have all entries.
            for (other, manager) in managers.enumerated() where other >= number {
                for key in keys {
                    #expect(try await manager.get(key, as: Int.self) == other, "\(Self.prefixes[other])")
                }
            }
            if number.isMultiple(of: 2) {
                #expect(try await manager.invalidate("*") == keys.count)
            } else {
                try await manager.clear()
            }
            for key in keys { #expect(try await manager.has(key) == false) }
        }
        for manager in managers { await manager.shutdown() }
    }

    @Test(arguments: RedisServer.availableKinds)
    func `other keys are unchanged and no blocking command is sent`(kind: RedisServer.Kind) async throws {
        try await RedisServer.withServer(kind) { server in
            let foreign = [
                "testing", "test", "tes", "Test:a", "xtest:a", "test*:", "test?a", "\u{1F}version",
                "other:\u{1F}version",
            ]
            for key in foreign { try await server.command("SET", key, "foreign") }
            try await server.command("LPUSH", "list", "1")
            for format in [RedisFormat.envelope, .json] {
                var configuration = try TestBackend.configuration(server.url)
                configuration.format = format
                let backend = RedisBackend(configuration, prefix: "test:")
                let manager = CacheManager(backend: backend)
                for number in 0..<300 { try await manager.set("k:\(number)", number) }
                #expect(try await manager.invalidate("k:1*") == 111)
                try await manager.clear()
                #expect(try await manager.invalidate("*") == 0 || format == .envelope)
                try await manager.delete("k:1")
                _ = try await backend.sweep()
                await manager.shutdown()
            }
            for key in foreign { #expect(try await server.command("GET", key) == "foreign", "\(key)") }
            #expect(try await server.command("LLEN", "list") == "1")
            let statistics = try await server.command("INFO", "commandstats")
            #expect(statistics.contains("cmdstat_scan"))
            for command in ["keys", "flushdb", "flushall", "del"] {
                #expect(!statistics.contains("cmdstat_\(command):"), "\(command)")
            }
        }
    }

    @Test(arguments: RedisServer.availableKinds)
    func `keys and lifetimes are visible on the server`(kind: RedisServer.Kind) async throws {
        let processes = try await TwoProcesses(kind)
        let manager = processes.first
        try await manager.set("minute", 1, ttl: 60)
        try await manager.set("forever", 1, ttl: .forever)
        try await manager.set("größe 日本", 1, ttl: .days(1000))
        let minute = Int(try await processes.command("PTTL", "test:minute")) ?? 0
        #expect((50_000...60_000).contains(minute))
        #expect(try await processes.command("PTTL", "test:forever") == "-1")
        #expect(Int(try await processes.command("PTTL", "test:größe 日本")) ?? 0 > 86_000_000_000)
        #expect(try await processes.command("TYPE", "test:minute") == "string")
        let user = cached(ttl: 60, key: { "user:\($0)" }, manager: manager) { (id: Int) async in id }
        _ = try await user(7)
        #expect(try await processes.command("EXISTS", "test:\(user.key(for: 7))") == "1")
        await processes.shutdown()
    }

    @Test(arguments: RedisServer.availableKinds, [RedisFormat.envelope, .json])
    func `the server accepts all lifetimes`(kind: RedisServer.Kind, format: RedisFormat) async throws {
        let processes = try await TwoProcesses(kind, format: format)
        let lifetimes: [Duration?] = [
            .nanoseconds(1), .microseconds(999), .milliseconds(1), .microseconds(1001), .seconds(31_557_599_999),
            .seconds(31_557_600_000), .seconds(1 << 40), .seconds(Int64.max / 1000), .nanoseconds(Int64.max), nil,
        ]
        let backend = try await TestBackend.make(kind, database: processes.database, format: format)
        for (number, lifetime) in lifetimes.enumerated() {
            let entry = CacheEntry(number, codec: .json, createdAt: 0, expiresAt: nil)
            try await backend.set("k:\(number)", entry, ttl: lifetime)
            let left = Int(try await processes.command("PTTL", "test:k:\(number)")) ?? 0
            if let lifetime, lifetime < .milliseconds(10) {
                #expect((-2...2).contains(left) && left != -1, "\(lifetime)")
            } else {
                #expect(left == -1 || left > 1_000_000_000, "\(String(describing: lifetime))")
            }
        }
        for lifetime: Duration in [.zero, .seconds(-1), .nanoseconds(-1), .seconds(-(1 << 40))] {
            let entry = CacheEntry(1, codec: .json, createdAt: 0, expiresAt: nil)
            try await backend.set("k", CacheEntry(0, codec: .json, createdAt: 0, expiresAt: nil), ttl: nil)
            try await backend.set("k", entry, ttl: lifetime)
            try await Task.sleep(for: .milliseconds(5))
            #expect(try await processes.command("EXISTS", "test:k") == "0", "\(lifetime)")
        }
        await backend.shutdown()
        await processes.shutdown()
    }

    @Test(arguments: RedisServer.availableKinds)
    func `entries that are too large are refused without an outage`(kind: RedisServer.Kind) async throws {
        let server = try await RedisServer.shared(kind)
        var configuration = try TestBackend.configuration(server.url, database: RedisServer.nextDatabase())
        configuration.maximumEntrySize = 100_000
        let manager = CacheManager(backend: RedisBackend(configuration, prefix: "test:"))
        let loads = CallCounter()
        let function = cached(key: { "k:\($0)" }, manager: manager) { (size: Int) async in
            loads.increment()
            return String(repeating: "x", count: size)
        }
        for _ in 0..<10 { #expect(try await function(100_000).count == 100_000) }
        #expect(loads.count == 10)
        for _ in 0..<10 { #expect(try await function(99_000).count == 99_000) }
        #expect(loads.count == 11)
        #expect(manager.statistics.backendOutages == 0)
        #expect(manager.health["default"]?.isAvailable == true)
        await manager.shutdown()
    }
}
