// SPDX-License-Identifier: Apache-2.0

import AllocationCounter
import Caching
import Glibc

/// Measures a hit, with its key closure, against a hand-written `Mutex<[String: User]>`.
enum HitBenchmark {
    private static let keys = 1024
    private static let callsPerRound = 200_000

    typealias Call = @Sendable (Int) async throws -> Void

    /// Measures hits on ``keys`` users in caches of a capacity.
    @MainActor
    static func run(rounds: Int, capacity: Int = 10_000) async throws {
        let settings: [String: ConfigurationValue] = ["ttl": 3600, "capacity": .integer(capacity)]
        try await CacheManager.configure(["default": settings, "named": settings])
        for (title, makeKey) in [("short keys (users:N)", shortKey), ("long keys (users:profiles:v2:N)", longKey)] {
            for threads in [1, 2] {
                print("\n### Hit, \(title), \(threads) thread\(threads == 1 ? "" : "s")\n")
                print(Measurement.header)
                for row in try await measure(makeKey, threads: threads, rounds: rounds, capacity: capacity) {
                    print(row.row)
                }
                fflush(nil)
            }
        }
        print("\n### Hit from the main actor, short keys\n")
        print(Measurement.header)
        for row in try await measureFromMainActor(shortKey, rounds: rounds) { print(row.row) }
        fflush(nil)
    }

    /// The contestants, each with a loop of its own, so that there is no closure between the loop and the call.
    private static func contestants(
        _ makeKey: @escaping @Sendable (Int) -> String,
        _ users: Cache<User>
    ) -> [(
        String, @Sendable (Int) async throws -> Int
    )] {
        let hand = HandWrittenCache(makeKey)
        let function = cached(ttl: 3600, key: makeKey) { (id: Int) in try await loadUser(id) }
        let named = cached(ttl: 3600, key: makeKey, cache: "named") { (id: Int) in try await loadUser(id) }
        let service = AnnotatedService(makeKey)
        let actor = ActorCache(makeKey)
        let foundation = FoundationCache(makeKey)
        let numbers = (0..<keys).map(String.init)
        return [
            (
                "`Mutex<[String: User]>` by hand (baseline)",
                { calls in
                    var sum = 0
                    for call in 0..<calls { sum &+= try await hand.user(call & (keys - 1)).id }
                    return sum
                }
            ),
            (
                "`cached`",
                { calls in
                    var sum = 0
                    for call in 0..<calls { sum &+= try await function(call & (keys - 1)).id }
                    return sum
                }
            ),
            (
                "`cached` in a named cache",
                { calls in
                    var sum = 0
                    for call in 0..<calls { sum &+= try await named(call & (keys - 1)).id }
                    return sum
                }
            ),
            (
                "`@Cached`",
                { calls in
                    var sum = 0
                    for call in 0..<calls { sum &+= try await service.user(call & (keys - 1)).id }
                    return sum
                }
            ),
            (
                "`cache.get`",
                { calls in
                    var sum = 0
                    for call in 0..<calls {
                        sum &+= try await cache.get(makeKey(call & (keys - 1)), as: User.self)?.id ?? 0
                    }
                    return sum
                }
            ),
            (
                "`Cache<User>.get`",
                { calls in
                    var sum = 0
                    for call in 0..<calls { sum &+= try await users.get(numbers[call & (keys - 1)])?.id ?? 0 }
                    return sum
                }
            ),
            (
                "actor with a dictionary",
                { calls in
                    var sum = 0
                    for call in 0..<calls { sum &+= try await actor.user(call & (keys - 1)).id }
                    return sum
                }
            ),
            (
                "`NSCache`",
                { calls in
                    var sum = 0
                    for call in 0..<calls { sum &+= try await foundation.user(call & (keys - 1)).id }
                    return sum
                }
            ),
        ]
    }

    private static func measure(
        _ makeKey: @escaping @Sendable (Int) -> String,
        threads: Int,
        rounds: Int,
        capacity: Int
    ) async throws -> [Measurement] {
        // Other entries would evict some when the capacity is the number of users.
        try await cache.clear()
        try await cache.named("named").clear()
        // It has a store of its own, because its keys differ from those of the functions with long keys.
        let typed = CacheManager(backend: MemoryBackend(capacity: .entries(capacity)))
        let users = Cache<User>(namespace: "users", ttl: 3600, manager: typed)
        let contestants = contestants(makeKey, users)
        for id in 0..<keys { try await users.set("\(id)", try await loadUser(id)) }
        for contestant in contestants { _ = try await contestant.1(callsPerRound) }
        var results = contestants.map { Measurement(name: $0.0) }
        for _ in 0..<rounds {
            var baseline = 0.0
            for (index, contestant) in contestants.enumerated() {
                let start = ContinuousClock.now
                try await withThrowingTaskGroup(of: Int.self) { group in
                    for _ in 0..<threads { group.addTask { try await contestant.1(callsPerRound) } }
                    try await group.waitForAll()
                }
                let time = (ContinuousClock.now - start) / .nanoseconds(1) / Double(callsPerRound * threads)
                if index == 0 { baseline = time }
                results[index].nanoseconds.append(time)
                results[index].ratios.append(time / baseline)
            }
        }
        for (index, contestant) in contestants.enumerated() where allocation_counter_is_available() {
            results[index].allocations = try await allocations(contestant.1)
        }
        return results
    }

    /// Returns the number of allocations per call.
    ///
    /// A task that hops between threads is counted on neither, so the result is the least of several tries. The
    /// allocations of the loop itself are subtracted, by measuring it twice.
    private static func allocations(_ loop: @Sendable (Int) async throws -> Int) async throws -> Double {
        let calls = 10_000
        var least = Double.infinity
        for _ in 0..<5 {
            let start = allocation_counter_count()
            _ = try await loop(calls)
            let middle = allocation_counter_count()
            _ = try await loop(0)
            let end = allocation_counter_count()
            guard middle >= start, end >= middle else { continue }
            least = min(least, Double(Int(middle - start) - Int(end - middle)) / Double(calls))
        }
        return least
    }

    @MainActor
    private static func measureFromMainActor(
        _ makeKey: @escaping @Sendable (Int) -> String,
        rounds: Int
    ) async throws -> [Measurement] {
        let calls = 20_000
        // As above: together with the long keys, some of the short ones would be misses.
        try await cache.clear()
        let hand = HandWrittenCache(makeKey)
        let function = cached(ttl: 3600, key: makeKey) { (id: Int) in try await loadUser(id) }
        let service = AnnotatedService(makeKey)
        let actor = ActorCache(makeKey)
        var results = [
            "`Mutex<[String: User]>` by hand (baseline)", "`cached`", "`$user` of `@Cached`", "`@Cached`",
            "actor with a dictionary",
        ].map { Measurement(name: $0) }
        for round in 0...rounds {
            var baseline = 0.0
            for index in results.indices {
                var sum = 0
                let start = ContinuousClock.now
                switch index {
                case 0: for call in 0..<calls { sum &+= try await hand.user(call & (keys - 1)).id }
                case 1: for call in 0..<calls { sum &+= try await function(call & (keys - 1)).id }
                case 2: for call in 0..<calls { sum &+= try await service.$user(call & (keys - 1)).id }
                case 3: for call in 0..<calls { sum &+= try await service.user(call & (keys - 1)).id }
                default: for call in 0..<calls { sum &+= try await actor.user(call & (keys - 1)).id }
                }
                let time = (ContinuousClock.now - start) / .nanoseconds(1) / Double(calls)
                if index == 0 { baseline = time }
                // The first round fills the caches.
                guard round > 0 else { continue }
                results[index].nanoseconds.append(time)
                results[index].ratios.append(time / baseline)
            }
        }
        return results
    }
}
