// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A replay of requests from many callers at once, each of which sends the next request after a response.
struct Replay: Sendable {
    /// The measurements of a replay.
    struct Result: Sendable {
        var latencies = Latencies()
        var requests = 0
        var elapsed = Duration.zero
        var wasStopped = false
    }

    let trace: [String]
    let callers: Int

    typealias Request = @Sendable (String) async throws -> Item

    /// Replays a sample of evenly spaced requests that takes about a second.
    func sample(latency: Duration, _ request: @escaping Request) async throws -> Result {
        let affordable = Int(Duration.seconds(1) / max(latency, .microseconds(100)) * Double(callers))
        let count = max(1, min(trace.count, affordable, 10_000))
        let keys = (0..<count).map { trace[$0 * trace.count / count] }
        // With a latency of seconds, the limit may end the sample early.
        return try await Self.run(keys, callers: min(callers, count), limit: .seconds(3), Position(), request)
    }

    /// Replays all requests, or as many as the limit allows, and prints the progress.
    func all(limit: Duration, loads: @escaping @Sendable () -> Int, _ request: @escaping Request) async throws -> Result
    {
        let position = Position()
        let total = Console.count(trace.count)
        Console.progress("Replaying \(total) requests...")
        let progress = Task {
            let interval = Duration.milliseconds(Console.isTerminal ? 100 : 1000)
            while true {
                try await Task.sleep(for: interval)
                let done = Console.count(min(trace.count, position.next.load(ordering: .relaxed)))
                Console.progress("  \(done) of \(total) requests, \(Console.count(loads())) loads")
            }
        }
        defer { progress.cancel() }
        return try await Self.run(trace, callers: callers, limit: limit, position, request)
    }

    private static func run(
        _ keys: [String],
        callers: Int,
        limit: Duration,
        _ position: Position,
        _ request: @escaping Request
    ) async throws -> Result {
        let clock = ContinuousClock()
        let start = clock.now
        let deadline = start + limit
        var result = Result()
        try await withThrowingTaskGroup(of: Latencies.self) { group in
            for _ in 0..<callers {
                group.addTask {
                    var latencies = Latencies()
                    var before = clock.now
                    while before < deadline {
                        let index = position.next.wrappingAdd(1, ordering: .relaxed).oldValue
                        guard index < keys.count else { break }
                        _ = try await request(keys[index])
                        let after = clock.now
                        latencies.add(after - before)
                        before = after
                    }
                    return latencies
                }
            }
            for try await latencies in group { result.latencies.add(latencies) }
        }
        result.elapsed = clock.now - start
        result.requests = result.latencies.count
        result.wasStopped = result.requests < keys.count
        return result
    }

    /// The next request, which all callers share.
    private final class Position: Sendable {
        let next = Atomic<Int>(0)
    }
}
