// SPDX-License-Identifier: Apache-2.0

import BenchmarkSupport

/// Measures writes to a full cache.
enum WritesCommand: BenchmarkCommand {
    private static let capacity = 100_000

    static let syntax = CommandSyntax(
        "writes",
        options: ["--rounds"],
        help: """
            Usage: CachingBenchmarks writes [--rounds N]

            Writes to a full cache of 100,000 entries without expiry, by 1 and 2 threads. Prints a line of workload, name,
            threads and nanoseconds for each: wall time divided by the operations of all threads, the median over the
            rounds. Contestants take turns within a round. The workloads:

              90/10     90 % gets of 100,000 keys, drawn by Zipf's law (0.99), each with an insert when it misses, and
                        10 % inserts of new keys
              new-keys  inserts of new keys only

              --rounds N  the number of rounds, 1 to 1000 (default: 5)
            """
    )

    static func run(_ arguments: CommandArguments) throws {
        try arguments.expectNoValues()
        let rounds = try arguments.count("--rounds", default: 5, in: 1...1000)
        let requests = HitRequests(residents: capacity, prefix: "user:")
        let drawn = ThreadMeasurements.threads.map { requests.draw(seed: UInt64($0)) }
        for workload in WriteWorkload.allCases {
            let backend = MeasuredBackend<Int>(capacity: capacity, ttl: nil)
            let dictionary = BoundedDictionary<Int>(capacity: capacity)
            fill(backend, requests.keys)
            fill(dictionary, requests.keys)
            let (backendKeys, dictionaryKeys) = (NewKeys(threads: drawn.count), NewKeys(threads: drawn.count))
            // Each contestant has a closure, so that the loop is specialised for its type.
            var measurements = ThreadMeasurements([
                ("swift-caching", { workload.run(backend, drawn[$0], backendKeys, thread: $0, until: $1) }),
                ("Mutex<Dictionary>", { workload.run(dictionary, drawn[$0], dictionaryKeys, thread: $0, until: $1) }),
            ])
            measurements.run(rounds: rounds)
            for (name, threads, times) in measurements.results {
                Output.row(workload.rawValue, name, "\(threads)", Output.number(times.median, digits: 1))
            }
        }
    }

    private static func fill(_ cache: some MeasuredCache<Int>, _ keys: [String]) {
        for (number, key) in keys.enumerated() { cache.put(number, for: key) }
    }
}
