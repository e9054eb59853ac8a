// SPDX-License-Identifier: Apache-2.0

import Caching
import Glibc

/// What it costs to join a load: 64 tasks ask for one cold key, against 64 tasks that await one shared task.
enum JoinerBenchmark {
    private static let joiners = 64
    private static let keysPerRound = 200

    static func run(rounds: Int) async throws {
        print("\n### 64 callers of one cold key: time per caller above the load\n")
        print(Measurement.header)
        var shared = Measurement(name: "64 tasks awaiting one `Task` (baseline)")
        var joined = Measurement(name: "64 callers of `cached`, one load")
        try await withCacheManager(CacheManager()) {
            for round in 0...rounds {
                let baseline = try await time { _ in
                    let task = Task { try await slowUser() }
                    return { _ = try await task.value }
                }
                let function = cached(ttl: 60, key: { "round:\(round):\($0)" }) { (_: Int) in try await slowUser() }
                let own = try await time { key in { _ = try await function(key) } }
                guard round > 0 else { continue }
                shared.nanoseconds.append(baseline)
                shared.ratios.append(1)
                joined.nanoseconds.append(own)
                joined.ratios.append(own / baseline)
            }
        }
        print(shared.row)
        print(joined.row)
        let extra = zip(joined.nanoseconds, shared.nanoseconds).map { $0 - $1 }
        let range = extra.sorted()
        print(
            "\nAbove the baseline: \(Measurement.text(Measurement.median(extra) / 1000)) µs per caller (median; ",
            terminator: ""
        )
        print("\(Measurement.text((range.first ?? 0) / 1000)) .. \(Measurement.text((range.last ?? 0) / 1000))).")
        fflush(nil)
    }

    /// A load that suspends, so that everybody joins it.
    private static func slowUser() async throws -> User {
        for _ in 0..<4 { await Task.yield() }
        return User(id: 1, name: "user")
    }

    /// Nanoseconds per caller: the time of a group of callers, divided by their number.
    private static func time(
        _ makeCall: (Int) -> @Sendable () async throws -> Void
    ) async throws -> Double {
        let start = ContinuousClock.now
        for key in 0..<keysPerRound {
            let call = makeCall(key)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<joiners { group.addTask { try await call() } }
                try await group.waitForAll()
            }
        }
        return (ContinuousClock.now - start) / .nanoseconds(1) / Double(keysPerRound * joiners)
    }
}
