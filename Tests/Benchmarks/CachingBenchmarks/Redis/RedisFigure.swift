// SPDX-License-Identifier: Apache-2.0

import AllocationCounter
import BenchmarkSupport
import Glibc

/// The figures of one contestant in one round.
struct RedisFigure {
    /// The operations per second; zero when the contestant is not installed.
    var rate = 0.0
    /// The microseconds of CPU time of the client for each operation; nil for another process.
    var cpu: Double?
    var allocations: Double?

    /// Runs an operation many times from several tasks.
    static func measure(
        tasks: Int,
        operations: Int,
        _ body: @escaping @Sendable (Int) async throws -> Void
    ) async throws -> RedisFigure {
        let start = ContinuousClock.now
        let cpuStart = processNanoseconds
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<tasks {
                group.addTask {
                    // Concurrent operations have different keys, so that they do not join each other.
                    for number in 0..<(operations / tasks) { try await body(task * 1_009 + number) }
                }
            }
            try await group.waitForAll()
        }
        let count = Double(operations / tasks * tasks)
        var figure = RedisFigure()
        figure.rate = count / ((ContinuousClock.now - start) / .seconds(1))
        figure.cpu = Double(processNanoseconds - cpuStart) / count / 1000
        return figure
    }

    /// Counts the allocations of an operation on all threads.
    static func allocations(
        tasks: Int,
        _ body: @escaping @Sendable (Int) async throws -> Void
    ) async throws -> Double? {
        guard allocation_counter_is_available() else { return nil }
        let operations = tasks * max(1, 10_000 / tasks)
        allocation_counter_begin_all()
        _ = try await measure(tasks: tasks, operations: operations, body)
        return Double(allocation_counter_end_all()) / Double(operations)
    }

    private static var processNanoseconds: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}

/// The figures of one contestant over several rounds.
struct RedisRow {
    static let header =
        "| | ratio to its baseline (median) | range | CPU, µs | above the baseline, µs | allocations | operations/s (this run) |\n"
        + "|---|---:|---:|---:|---:|---:|---:|"

    let name: String
    let baseline: Int
    private var ratios: [Double] = []
    private var rates: [Double] = []
    private var cpu: [Double] = []
    private var extra: [Double] = []
    private var allocations: [Double] = []

    init(_ name: String, baseline: Int) {
        self.name = name
        self.baseline = baseline
    }

    mutating func add(_ figure: RedisFigure, baseline: RedisFigure) {
        rates.append(figure.rate)
        ratios.append(baseline.rate == 0 ? 0 : figure.rate / baseline.rate)
        if let cpu = figure.cpu {
            self.cpu.append(cpu)
            if let other = baseline.cpu { extra.append(cpu - other) }
        }
        if let allocations = figure.allocations { self.allocations.append(allocations) }
    }

    var text: String {
        guard Spread(rates).median > 0 else { return "| \(name) | not installed | | | | | |" }
        let ratio = Spread(ratios)
        let range = "\(Output.number(ratio.least, digits: 2)) .. \(Output.number(ratio.greatest, digits: 2))"
        let median = { (values: [Double], digits: Int) in
            values.isEmpty ? "-" : Output.number(Spread(values).median, digits: digits)
        }
        return
            "| \(name) | \(Output.number(ratio.median, digits: 2)) | \(range) | \(median(cpu, 1)) | \(median(extra, 1)) "
            + "| \(median(allocations, 1)) | \(median(rates, 0)) |"
    }
}
