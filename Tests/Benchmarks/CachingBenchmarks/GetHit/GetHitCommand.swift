// SPDX-License-Identifier: Apache-2.0

import BenchmarkSupport

/// Measures a hit of the backend itself, without functions, managers and key closures.
enum GetHitCommand: BenchmarkCommand {
    private static let residents = 100_000
    private static let fewResidents = 1000

    static let syntax = CommandSyntax(
        "get-hit",
        options: ["--rounds"],
        flags: ["--long-keys", "--objects", "--small", "--spread"],
        help: """
            Usage: CachingBenchmarks get-hit [--long-keys] [--objects] [--small] [--rounds N] [--spread]

            Gets of resident keys, drawn by Zipf's law (0.99), by 1 and 2 threads. Prints a line of name, threads and
            nanoseconds for each: wall time divided by the operations of all threads, the median over the rounds.
            Contestants take turns within a round.

              --long-keys  keys such as user:profile:v2:42, which are too long for a string without an allocation
              --objects    values that are objects, one for each entry, instead of numbers: Swift counts their
                           references
              --small      1,000 resident keys instead of 100,000, so that they fit into the processor's caches
              --rounds N   the number of rounds, 1 to 1000 (default: 5)
              --spread     adds the least and the greatest time of the rounds to each line
            """
    )

    static func run(_ arguments: CommandArguments) throws {
        try arguments.expectNoValues()
        if arguments.has("--objects") {
            try measure(ObjectValue.self, arguments)
        } else {
            try measure(Int.self, arguments)
        }
    }

    private static func measure<Value: MeasuredValue>(_ type: Value.Type, _ arguments: CommandArguments) throws {
        let rounds = try arguments.count("--rounds", default: 5, in: 1...1000)
        let residents = arguments.has("--small") ? fewResidents : residents
        let requests = HitRequests(
            residents: residents,
            prefix: arguments.has("--long-keys") ? "user:profile:v2:" : "user:"
        )
        let drawn = ThreadMeasurements.threads.map { requests.draw(seed: UInt64($0)) }

        let backend = MeasuredBackend<Value>(capacity: residents * 5 / 4, ttl: .seconds(3600))
        let dictionary = DictionaryHitCache<Value>()
        let foundation = FoundationHitCache<Value>()
        try fill(backend, requests)
        try fill(dictionary, requests)
        try fill(foundation, requests)
        // Each contestant has a closure, so that the loop is specialised for its type.
        var measurements = ThreadMeasurements([
            ("swift-caching", { hits(of: backend, drawn[$0], until: $1) }),
            ("Mutex<Dictionary>", { hits(of: dictionary, drawn[$0], until: $1) }),
            ("NSCache", { hits(of: foundation, drawn[$0], until: $1) }),
        ])
        measurements.run(rounds: rounds)
        for (name, threads, times) in measurements.results {
            let spread = arguments.has("--spread") ? [times.least, times.greatest] : []
            let columns = ([times.median] + spread).map { Output.number($0, digits: 1) }
            Output.line(([name, "\(threads)"] + columns).joined(separator: "\t"))
        }
    }

    private static func fill<Cache: MeasuredCache>(_ cache: Cache, _ requests: HitRequests) throws {
        for (number, key) in requests.keys.enumerated() { cache.put(Cache.Value(number), for: key) }
        guard requests.keys.allSatisfy({ cache.get($0) != nil }) else {
            throw BenchmarkError("get-hit: \(type(of: cache)) did not keep all \(requests.keys.count) entries")
        }
    }

    /// The measured loop.
    @inline(never)
    private static func hits(of cache: some MeasuredCache, _ requests: RequestKeys, until stop: StopFlag) -> Int {
        var operations = 0
        while !stop.isSet {
            for number in operations..<operations + 1024 {
                requests.with(number) { cache.get($0.text)?.use() }
            }
            operations += 1024
        }
        return operations
    }
}
