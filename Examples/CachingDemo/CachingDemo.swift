// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingRedis
import Foundation
import TraceFiles

/// Replays a request trace through a cached service and reports what the cache did.
@main
enum CachingDemo {
    static func main() async {
        do {
            try await run(DemoOptions(Array(CommandLine.arguments.dropFirst())))
        } catch let error as DemoError {
            fail("CachingDemo: \(error.message)", code: 2)
        } catch let error as TraceFileError {
            fail("CachingDemo: \(error.message)", code: 2)
        } catch let error as CacheConfigurationError {
            fail(error.description, code: 1)
        } catch {
            fail("CachingDemo: \(error)", code: 1)
        }
    }

    private static func run(_ options: DemoOptions) async throws {
        switch options.mode {
        case .help:
            Console.say(DemoOptions.help)
        case .makeTrace(let path):
            try Trace.write(TraceGenerator.keys(), to: path)
            Console.say("Wrote \(path).")
        case .outage:
            try await Outage(options: options).show()
        case .replay:
            try await replay(options)
        }
    }

    private static func replay(_ options: DemoOptions) async throws {
        let trace = try Trace(options)
        let defaults: [String: ConfigurationValue] = ["ttl": 300, "jitter": 0.1, "capacity": 4000]
        let manager = try await CacheManager.configure(
            .environment(over: ["default": defaults]),
            drivers: [.memory, .redis, .valkey]
        )
        try await prepare(manager)
        Report.settings(options, trace, isInMemory: manager.health.isEmpty)

        let database = Database(latency: options.latency)
        let shop = ShopService(database: database)
        let runner = Replay(trace: trace.keys, callers: options.callers)

        let direct = try await runner.sample(latency: options.latency) { try await database.item($0) }
        Report.direct(direct)
        let before = try cache.statistics
        let loadsBefore = database.loads
        let cached = try await runner.all(limit: options.timeLimit, loads: { database.loads - loadsBefore }) {
            try await shop.item($0)
        }
        Report.cached(cached, before: before, after: try cache.statistics, loads: database.loads - loadsBefore)
        try await Stampede(shop: shop, database: database).show()
        try await InvalidationTour(shop: shop, database: database).show()
        await CacheManager.shutdown()
    }

    /// Checks that the server of the cache, if it has one, can be reached, and empties the cache.
    private static func prepare(_ manager: CacheManager) async throws {
        do {
            try await manager.ping()
        } catch {
            throw DemoError(
                """
                \(error)
                The demo needs the server that the environment names. One on this machine: `redis-server` or \
                `valkey-server` (on Debian and Ubuntu: apt-get install redis-server); another one: \
                REDIS_URL=redis://user:password@host:6379. Without CACHE_DRIVER the cache is in memory.
                """
            )
        }
        // Entries of an earlier run on the server would be hits.
        try await manager.clear()
    }

    private static func fail(_ message: String, code: Int32) -> Never {
        fflush(nil)
        FileHandle.standardError.write(Data((message + "\n").utf8))
        exit(code)
    }
}
