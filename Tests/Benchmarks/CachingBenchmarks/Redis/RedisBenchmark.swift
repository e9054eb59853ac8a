// SPDX-License-Identifier: Apache-2.0

import AllocationCounter
import Caching
import CachingRedis
import Glibc
import RedisClient
import RedisTestSupport

/// Measures operations per second on a local server and the CPU time of the client for each, compared with other
/// clients.
///
/// Values have 64 bytes where other clients are compared; those through `cached` are users of nine fields.
enum RedisBenchmark {
    static func run(rounds: Int) async throws {
        let server = try RedisServer(.redis, ServerOptions(tls: try await TestCertificates.shared()))
        try await server.start()
        defer { server.stop() }
        let contestants = try await contestants(server)
        var rows = contestants.map { RedisRow($0.name, baseline: $0.baseline) }
        for round in 0...rounds {
            var figures: [RedisFigure] = []
            for contestant in contestants { figures.append(try await contestant.measure()) }
            // The first round warms up.
            guard round > 0 else { continue }
            for (index, figure) in figures.enumerated() {
                rows[index].add(figure, baseline: figures[rows[index].baseline])
            }
        }
        print("\n### A server on this machine\n")
        print(RedisRow.header)
        for row in rows { print(row.text) }
        fflush(nil)
    }

    /// A measured client.
    struct Contestant {
        let name: String
        /// The row of the baseline.
        let baseline: Int
        let measure: () async throws -> RedisFigure

        init(_ name: String, baseline: Int, _ measure: @escaping () async throws -> RedisFigure) {
            self.name = name
            self.baseline = baseline
            self.measure = measure
        }

        /// A client in this process.
        init(
            _ name: String,
            baseline: Int,
            tasks: Int,
            operations: Int,
            _ body: @escaping @Sendable (Int) async throws -> Void
        ) {
            self.init(name, baseline: baseline) {
                var figure = try await RedisFigure.measure(tasks: tasks, operations: operations, body)
                // Not during the measurement, because counting takes time.
                figure.allocations = try await RedisFigure.allocations(tasks: tasks, body)
                return figure
            }
        }
    }

    private static func contestants(_ server: RedisServer) async throws -> [Contestant] {
        var settings = try RedisSettings(url: server.url)
        // On a busy machine, a late reply must not be an error.
        settings.timeout = .seconds(5)
        let client = RedisClient(settings)
        _ = try await client.send(RedisCommand("SET", "value", .bytes(Array(repeating: 65, count: 64))))
        let get = RedisCommand("GET", "value")
        var encrypted = try RedisSettings(url: server.tlsURL ?? "")
        encrypted.timeout = .seconds(5)
        encrypted.tls?.authorityFile = try await TestCertificates.shared().authority.certificate
        let secure = RedisClient(encrypted)

        let users = try await CachedUsers(server.url, format: "envelope")
        let compact = try await CachedUsers(server.url, format: "cbor")
        let codec = CacheCodec<Customer>.json
        let prefix = users.keyPrefix
        let away = try await CachedUsers("redis://127.0.0.1:1", format: "envelope")
        let other = OtherClients(port: server.port)
        return [
            Contestant("`redis-benchmark -c 1 -P 1`", baseline: 0) {
                try await other.redisBenchmark(clients: 1, 20_000)
            },
            Contestant("`GET`, 1 task", baseline: 0, tasks: 1, operations: 20_000) { _ in _ = try await client.send(get)
            },
            Contestant("`redis-benchmark -c 64 -P 1`", baseline: 2) {
                try await other.redisBenchmark(clients: 64, 200_000)
            },
            Contestant("redis-py asyncio, 64 tasks", baseline: 2) { try await other.python(.redisPy, 10_000) },
            Contestant("valkey-glide asyncio, 64 tasks", baseline: 2) { try await other.python(.glide, 10_000) },
            Contestant("`GET`, 64 tasks", baseline: 2, tasks: 64, operations: 300_000) { _ in
                _ = try await client.send(get)
            },
            Contestant("`GET`, 1,024 tasks", baseline: 2, tasks: 1024, operations: 300_000) { _ in
                _ = try await client.send(get)
            },
            Contestant("`GET` with TLS, 64 tasks", baseline: 5, tasks: 64, operations: 200_000) { _ in
                _ = try await secure.send(get)
            },
            Contestant("`GET` and decoding of a user, 64 tasks", baseline: 8, tasks: 64, operations: 100_000) {
                number in
                let key = "\(prefix)users:\(number % CachedUsers.count)"
                guard case .bulk(let bytes) = try await client.send(RedisCommand("GET", .text(key))) else {
                    throw BenchmarkFault("the user is not there")
                }
                _ = try CacheEntry(encoded: bytes, for: key).value(as: Customer.self, codec: codec)
            },
            Contestant("a hit through `cached`, 64 tasks", baseline: 8, tasks: 64, operations: 100_000) { number in
                _ = try await users.hit(number)
            },
            Contestant("the same with `format: cbor`", baseline: 8, tasks: 64, operations: 100_000) { number in
                _ = try await compact.hit(number)
            },
            Contestant("a miss through `cached` and its fill, 64 tasks", baseline: 8, tasks: 64, operations: 50_000) {
                _ in
                _ = try await users.miss()
            },
            Contestant("a miss while the server is down, 64 tasks", baseline: 12, tasks: 64, operations: 50_000) { _ in
                _ = try await away.miss()
            },
        ]
    }
}

/// A result that invalidates the figures.
struct BenchmarkFault: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
