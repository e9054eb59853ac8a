// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingRedis
import Synchronization

/// Kills a server under load and starts it again, and prints the effect on callers once a second.
struct Outage {
    private static let seconds = 12
    private static let killedAfter = 3
    private static let startedAfter = 7
    private static let keys = 200

    let options: DemoOptions

    func show() async throws {
        let server = try LocalServer()
        try await server.start()
        let settings: [String: ConfigurationValue] = [
            "driver": "redis", "url": .text(server.url), "prefix": "caching-demo", "ttl": 60,
        ]
        let manager = try await CacheManager.configure(["default": settings], drivers: [.memory, .redis])
        let database = Database(latency: options.latency)
        let shop = ShopService(database: database)
        Console.say(
            "\(options.callers) callers ask for \(Self.keys) items that \(server.name) keeps; "
                + "each load takes \(Console.time(options.latency))."
        )
        Console.say(
            "After \(Self.killedAfter) s the server is killed, after \(Self.startedAfter) s it is started again, empty."
        )
        Console.say()
        Console.say("second  requests    hits   loads  errors        p99  connection  breaker")
        let requests = OutageRequests()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for caller in 0..<options.callers {
                group.addTask { try await requests.run(from: caller * 7, keys: Self.keys, shop) }
            }
            var before = manager.statistics
            for second in 1...Self.seconds {
                try await Task.sleep(for: .seconds(1))
                let after = manager.statistics
                line(second, requests.take(), before, after, manager.health[CacheManager.defaultCacheName])
                before = after
                if second == Self.killedAfter {
                    server.kill()
                    Console.say("        -- kill -9 --")
                }
                if second == Self.startedAfter {
                    try await server.start()
                    Console.say("        -- started again --")
                }
            }
            group.cancelAll()
        }
        Console.say()
        let errors = requests.errors
        Console.say(errors == 0 ? "No caller got an error." : "\(Console.count(errors)) callers got an error.")
        await CacheManager.shutdown()
    }

    private func line(
        _ second: Int,
        _ result: OutageRequests.Second,
        _ before: CacheStatistics,
        _ after: CacheStatistics,
        _ health: BackendHealth?
    ) {
        let columns = [
            (6, "\(second)"), (10, Console.count(result.latencies.count)),
            (8, Console.count(after.hits - before.hits)), (8, Console.count(after.loads - before.loads)),
            (8, Console.count(result.errors)), (11, Console.time(result.latencies.percentiles([0.99])[0])),
            (12, health?.isConnected == true ? "up" : "down"), (9, health?.isAvailable == true ? "closed" : "open"),
        ]
        Console.say(
            columns.map { width, text in String(repeating: " ", count: max(1, width - text.count)) + text }.joined()
        )
    }
}

/// The requests of all callers, counted by the second.
final class OutageRequests: Sendable {
    /// The requests of one second.
    struct Second: Sendable {
        var latencies = Latencies()
        var errors = 0
    }

    private let current = Mutex(Second())
    private let allErrors = Atomic<Int>(0)

    /// The number of requests that failed.
    var errors: Int { allErrors.load(ordering: .relaxed) }

    /// Returns the counts since the last call, and resets them.
    func take() -> Second {
        current.withLock { current in
            defer { current = Second() }
            return current
        }
    }

    /// Requests one item after the other until its task is cancelled.
    func run(from start: Int, keys: Int, _ shop: ShopService) async throws {
        let clock = ContinuousClock()
        var number = start
        while !Task.isCancelled {
            number += 1
            let before = clock.now
            var isError = false
            do { _ = try await shop.item("shoes:\(number % keys)") } catch { isError = !Task.isCancelled }
            let latency = clock.now - before
            current.withLock { current in
                current.latencies.add(latency)
                if isError { current.errors += 1 }
            }
            if isError { allErrors.wrappingAdd(1, ordering: .relaxed) }
            // A pause between requests, as of a person.
            try? await Task.sleep(for: .milliseconds(2))
        }
    }
}
