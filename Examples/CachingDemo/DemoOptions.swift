// SPDX-License-Identifier: Apache-2.0

/// The options of the command line.
struct DemoOptions {
    enum Mode {
        case replay
        case makeTrace(String)
        case outage
        case help
    }

    var mode = Mode.replay
    var tracePath: String?
    var latency = Duration.milliseconds(2)
    var callers = 64
    var requests: Int?
    var timeLimit = Duration.seconds(15)

    /// The largest number of requests without `--requests`.
    static let defaultRequests = 1_000_000

    static let help = """
        Usage: CachingDemo [options]

        Replays a request trace through a service with a cached async function and reports hits, loads and latencies.

          --trace FILE       a text file of keys, one a line, plain or gzip (default: a day in a shop, bundled)
          --latency TIME     the time of each load, such as 500us, 5ms or 0.1s (default: 2ms)
          --callers N        the number of concurrent callers, 1 to 10,000 (default: 64)
          --requests N       replay the first N requests (default: all, at most 1,000,000)
          --time-limit TIME  stop the replay after that time, with a message (default: 15s)
          --scenario NAME    outage: start a server, kill it under load, and show the effect on callers, for 12 s
          --make-trace FILE  write the bundled trace to a file (gzip when it ends in .gz), and do nothing else
          --help             print this text

        The environment configures the cache and overrides the settings of the demo: CACHE_CAPACITY=1000 CACHE_TTL=30s,
        or CACHE_DRIVER=redis (or valkey) with REDIS_URL=redis://localhost:6379, which is the default.
        """

    private static let names = [
        "--trace", "--latency", "--callers", "--requests", "--time-limit", "--make-trace", "--scenario", "--help",
    ]

    /// Parses the arguments.
    ///
    /// - Throws: `DemoError` for an unknown option or a value that is not accepted.
    init(_ arguments: [String]) throws {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            // Both `--latency 5ms` and `--latency=5ms`.
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            if parts.count == 2, parts[0].hasPrefix("--") { rest = [parts[1]] + rest }
            let name = parts[0].hasPrefix("--") ? parts[0] : argument
            if name == "--help" || name == "-h" {
                mode = .help
                return
            }
            guard Self.names.contains(name) else { throw Self.unknown(name) }
            guard let value = rest.popFirst(), !value.isEmpty else {
                throw DemoError("\(name) needs a value; see --help")
            }
            try set(name, value)
        }
    }

    private mutating func set(_ name: String, _ value: String) throws {
        switch name {
        case "--trace": tracePath = value
        case "--make-trace": mode = .makeTrace(value)
        case "--scenario":
            guard value == "outage" else { throw DemoError("there is no scenario \"\(value)\"; accepted: outage") }
            mode = .outage
        case "--latency": latency = try Self.duration(name, value, .zero ... .seconds(10))
        case "--time-limit": timeLimit = try Self.duration(name, value, .milliseconds(100) ... .seconds(3600))
        case "--callers": callers = try Self.count(name, value, 1...10_000)
        default: requests = try Self.count(name, value, 1...100_000_000)
        }
    }

    private static func count(_ name: String, _ value: String, _ range: ClosedRange<Int>) throws -> Int {
        guard let count = Int(value), range.contains(count) else {
            let (low, high) = (Console.count(range.lowerBound), Console.count(range.upperBound))
            throw DemoError("\(name) \"\(value)\" is not accepted: it is a whole number from \(low) to \(high)")
        }
        return count
    }

    private static func duration(_ name: String, _ value: String, _ range: ClosedRange<Duration>) throws -> Duration {
        let digits = value.prefix { "0123456789.".contains($0) }
        let units: [String: Double] = ["us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1]
        if let number = Double(digits), number <= 1e9, let unit = units[String(value.dropFirst(digits.count))] {
            let duration = Duration.nanoseconds(Int64(number * unit * 1e9))
            if range.contains(duration) { return duration }
        }
        let (low, high) = (Console.time(range.lowerBound), Console.time(range.upperBound))
        throw DemoError(
            "\(name) \"\(value)\" is not accepted: it is a number with us, ms or s, from \(low) to \(high), such as 5ms"
        )
    }

    private static func unknown(_ name: String) -> DemoError {
        let nearest = names.min { distance($0, name) < distance($1, name) }
        let hint = nearest.flatMap { distance($0, name) <= 4 ? ", did you mean \($0)?" : nil } ?? "."
        return DemoError("unknown option \"\(name)\"\(hint) Accepted: \(names.joined(separator: ", "))")
    }

    /// Returns the Levenshtein distance of two texts.
    private static func distance(_ left: String, _ right: String) -> Int {
        var row = Array(0...right.count)
        for (index, character) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for (column, other) in right.enumerated() {
                let substituted = diagonal + (character == other ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(substituted, diagonal + 1, row[column] + 1)
            }
        }
        return row[right.count]
    }
}
