// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingRedis
import RedisTestSupport
import Synchronization

/// Backends with timeouts that are long enough for a busy machine.
enum TestBackend {
    private static let lastNumber = Atomic(0)

    /// Returns a number that is unique in this process.
    static func nextNumber() -> Int { lastNumber.add(1, ordering: .relaxed).newValue }

    /// Returns a configuration for a server whose connection is not shared, as that of another process.
    static func configuration(_ url: String, database: Int = 0) throws -> RedisConfiguration {
        var configuration = try RedisConfiguration(url: "\(url)/\(database)")
        configuration.timeout = .seconds(20)
        configuration.connectTimeout = .seconds(20)
        configuration.clientName = "test-\(nextNumber())"
        return configuration
    }

    /// Returns a backend on a shared server with a connection of its own, and in an unused database by default.
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

/// Two managers with separate connections to one database, as those of two processes.
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

    /// Sends a command on a separate connection.
    @discardableResult
    func command(_ words: String...) async throws -> String {
        let reply = try await server.reply(to: words, database: database)
        if case .error(let text) = reply { throw TestSupportError(text) }
        return reply.description
    }

    func shutdown() async {
        await first.shutdown()
        await second.shutdown()
    }
}
