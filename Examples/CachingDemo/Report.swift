// SPDX-License-Identifier: Apache-2.0

import Caching
import Foundation

/// The report of the demo about its replay.
enum Report {
    static func settings(_ options: DemoOptions, _ trace: Trace, isInMemory: Bool) {
        let cut = trace.isCut ? " (the first of the file; see --requests)" : ""
        Console.say("Trace: \(trace.name), \(Console.count(trace.keys.count)) requests\(cut)")
        Console.say("Callers: \(Console.count(options.callers)); each load takes \(Console.time(options.latency))")
        // Names only, because values may be secret.
        let variables = ProcessInfo.processInfo.environment
            .filter { ($0.key.hasPrefix("CACHE_") || $0.key.hasPrefix("REDIS_")) && !$0.value.isEmpty }
        let over = variables.keys.sorted().joined(separator: ", ")
        Console.say(
            "Cache: \(isInMemory ? "memory, 4,000 entries" : "a server"), TTL 300 s"
                + (over.isEmpty ? "" : ", changed by \(over)")
        )
        Console.say()
    }

    static func direct(_ result: Replay.Result) {
        Console.say("Without the cache (a sample of \(Console.count(result.requests)) requests)")
        Console.row("latency p50 / p99", percentiles(result))
        Console.say()
    }

    static func cached(_ result: Replay.Result, before: CacheStatistics, after: CacheStatistics, loads: Int) {
        if result.wasStopped {
            Console.say(
                "The replay reached its time limit (--time-limit). The figures are those of the first "
                    + "\(Console.count(result.requests)) requests."
            )
        }
        let hits = after.hits + after.staleHits - before.hits - before.staleHits
        let requests = after.requests - before.requests
        let misses = after.misses - before.misses
        let rate = Double(result.requests) / max(result.elapsed / .seconds(1), 1e-9)
        Console.say("With the cache")
        Console.row("requests", Console.count(result.requests))
        Console.row("hits", Console.count(hits))
        Console.row("hit ratio", requests == 0 ? "none" : Console.percent(Double(hits) / Double(requests)))
        Console.row("loads", Console.count(loads))
        Console.row("joined a load in flight", Console.count(max(0, misses - loads)))
        Console.row("evicted", Console.count(after.evictions - before.evictions))
        Console.row("latency p50 / p99", percentiles(result))
        Console.row("time", "\(Console.time(result.elapsed)), \(Console.count(Int(rate))) requests/s")
        Console.say()
    }

    private static func percentiles(_ result: Replay.Result) -> String {
        result.latencies.percentiles([0.5, 0.99]).map(Console.time).joined(separator: " / ")
    }
}
