// SPDX-License-Identifier: Apache-2.0

import Caching
import Glibc

/// Measures joining a load: 64 tasks request one cold key, by the framework and by hand.
enum JoinerBenchmark {
    private static let joiners = 64
    private static let keysPerRound = 200

    static func run(rounds: Int) async throws {
        print("\n### 64 callers of one cold key: time per caller above the load\n")
        print("| | above the baseline, µs (median) | range | ns (this run) |\n|---|---:|---:|---:|")
        var rows = [
            SharedTaskJoiner.name, ContinuationJoiner.name, ActorJoiner.name, CachedJoiner.name,
            OverridingCachedJoiner.name,
        ].map { Measurement(name: $0) }
        let manager = CacheManager()
        let callers = Arrivals(expected: joiners)
        // The first round warms up.
        for round in 0...rounds {
            let times = [
                try await measure(SharedTaskJoiner(callers)),
                try await measure(ContinuationJoiner(callers)),
                try await measure(ActorJoiner(callers)),
                try await measure(CachedJoiner(callers, round: round, manager: manager)),
                try await withCacheManager(manager) {
                    try await measure(OverridingCachedJoiner(callers, round: round))
                },
            ]
            guard round > 0 else { continue }
            for (index, time) in times.enumerated() {
                rows[index].nanoseconds.append(time)
                rows[index].extras.append((time - times[0]) / 1000)
            }
        }
        for row in rows { print(row.extraRow) }
        fflush(nil)
    }

    /// Returns the nanoseconds per caller: the time of a group of callers, divided by their number.
    ///
    /// Generic, so that there is no closure between the loop and the call.
    private static func measure<Contestant: Joiner>(_ contestant: Contestant) async throws -> Double {
        let start = ContinuousClock.now
        for key in 0..<keysPerRound {
            let target = contestant.target(key)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<joiners {
                    group.addTask {
                        contestant.callers.arrive()
                        _ = try await contestant.user(target)
                    }
                }
                try await group.waitForAll()
            }
        }
        return (ContinuousClock.now - start) / .nanoseconds(1) / Double(keysPerRound * joiners)
    }
}
