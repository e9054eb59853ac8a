// SPDX-License-Identifier: Apache-2.0

import BenchmarkSupport
import Caching
import TraceFiles

/// Replays traces and prints the share of the requests that a cache of each size answers.
enum HitRatioCommand: BenchmarkCommand {
    static let syntax = CommandSyntax(
        "hit-ratio",
        options: ["--policy", "--expert", "--seeds"],
        help: """
            Usage: CachingBenchmarks hit-ratio [--policy NAME | --expert NAME] [--seeds N] FILE:SIZE,SIZE ...

            Replays traces through a memory backend of each size, get-or-put from a cold start and without expiry, and
            prints a line of trace, size and hit ratio in percent for each. FILE has one key a line, plain or gzip.

              --policy NAME  a textbook simulation instead of the backend: lru, fifo, or optimum (Belady's)
              --expert NAME  the eviction policy fixed to one expert: frequency, recency, recency-wide-window, or clock
              --seeds N      the mean over N fresh backends, 1 to 1000 (default: 1)
            """
    )

    static func run(_ arguments: CommandArguments) throws {
        let policy = try arguments["--policy"].map { try ReferencePolicy(named: $0) }
        let seeds = try arguments.count("--seeds", default: 1, in: 1...1000)
        let expert = try arguments["--expert"].map { try ExpertReplay.expert(named: $0) }
        if [policy != nil, expert != nil, arguments["--seeds"] != nil].count(where: { $0 }) > 1 {
            throw arguments.error("--policy, --expert and --seeds exclude each other; only the backend has seeds")
        }
        guard !arguments.values.isEmpty else { throw arguments.error("a trace is missing. \(syntax.usage)") }
        let all = try arguments.values.map { try TraceSizes($0) }
        // All arguments are checked before the first trace is replayed.
        for item in all { try TraceReader.check(item.path) }

        for item in all {
            let trace = try InternedTrace(path: item.path)
            for size in item.sizes {
                let hits =
                    if let policy {
                        Double(policy.hits(in: trace, capacity: size))
                    } else if let expert {
                        Double(ExpertReplay.hits(in: trace, capacity: size, expert: expert))
                    } else {
                        (0..<seeds).reduce(0) { $0 + Double(backendHits(in: trace, capacity: size, seed: $1)) }
                            / Double(seeds)
                    }
                let percent = 100 * hits / Double(trace.requests.count)
                Output.row(InternedTrace.name(of: item.path), "\(size)", Output.number(percent, digits: 2))
            }
        }
    }

    private static func backendHits(in trace: InternedTrace, capacity: Int, seed: Int) -> Int {
        let backend = MemoryBackend(capacity: .entries(capacity), seed: UInt64(seed))
        var hits = 0
        for request in trace.requests {
            let key = trace.keys[Int(request)]
            if backend.value(for: key, as: Bool.self) != nil { hits += 1 } else { backend.insert(true, for: key) }
        }
        return hits
    }
}
