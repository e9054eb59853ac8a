// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingRedis
import RedisTestSupport
import Synchronization

/// Backends of tests: their deadlines are long, because the machine is busy.
enum TestBackend {
    private static let lastNumber = Atomic(0)

    /// Returns a number that nobody else in this process has.
    static func nextNumber() -> Int { lastNumber.add(1, ordering: .relaxed).newValue }

    /// Returns a configuration for a server; no two of them share a connection, as if they were processes.
    static func configuration(_ url: String, database: Int = 0) throws -> RedisConfiguration {
        var configuration = try RedisConfiguration(url: "\(url)/\(database)")
        configuration.timeout = .seconds(20)
        configuration.connectTimeout = .seconds(20)
        configuration.clientName = "test-\(nextNumber())"
        return configuration
    }

    /// Returns a backend with a connection of its own on a shared server, in a database of its own if none is given.
    static func make(
        _ kind: RedisServer.Kind,
        database: Int? = nil,
        prefix: String = "test:",
        format: RedisFormat = .envelope
    ) async throws -> RedisBackend {
        let server = try await RedisServer.shared(kind)
        var configuration = try configuration(server.url, database: database ?? RedisServer.nextDatabase())
        configuration.format = format
        return RedisBackend(configuration, prefix: prefix)
    }
}

/// Two processes, in front of one database: each has a connection and a manager of its own.
struct TwoProcesses {
    let server: RedisServer
    let database: Int
    let first: CacheManager
    let second: CacheManager

    init(_ kind: RedisServer.Kind, prefix: String = "test:", format: RedisFormat = .envelope) async throws {
        server = try await RedisServer.shared(kind)
        database = RedisServer.nextDatabase()
        first = CacheManager(
            backend: try await TestBackend.make(kind, database: database, prefix: prefix, format: format)
        )
        second = CacheManager(
            backend: try await TestBackend.make(kind, database: database, prefix: prefix, format: format)
        )
    }

    /// Sends a command as an administrator.
    @discardableResult
    func command(_ words: String...) async throws -> String {
        let reply = try await server.reply(to: words, database: database)
        if case .error(let text) = reply { throw BenchError(text) }
        return reply.description
    }

    func shutdown() async {
        await first.shutdown()
        await second.shutdown()
    }
}
