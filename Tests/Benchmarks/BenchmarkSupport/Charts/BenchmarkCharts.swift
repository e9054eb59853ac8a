// SPDX-License-Identifier: Apache-2.0

/// The charts of the documentation.
package enum BenchmarkCharts {
    /// The policies with a fixed position, in the order of a chart.
    private static let known = ["swift-caching", "caffeine", "lru", "fifo", "optimum"]
    private static let displayNames = [
        "caffeine": "Caffeine", "caffeine+expiry": "Caffeine with expiry", "lru": "LRU", "fifo": "FIFO",
        "optimum": "optimum (Belady)",
    ]

    /// Returns the hit ratios by trace, each the mean over its sizes, below the mean of all traces.
    package static func hitRatio(_ table: HitRatioTable) -> String {
        let others = table.policies.filter { !known.contains($0.lowercased()) }
        let shown = table.policies.sorted { place(of: $0, others) < place(of: $1, others) }
        let series = shown.map { policy in
            BarChart.Series(
                name: displayNames[policy.lowercased()] ?? policy,
                colour: Palette.colour(of: policy, rank: others.firstIndex(of: policy) ?? 0),
                opacity: policy.lowercased() == "optimum" ? 0.45 : 1
            )
        }
        let all = BarChart.Group(
            label: "mean of all traces",
            values: shown.map { table.mean($0) },
            isEmphasised: true
        )
        let groups = table.traces.map { trace in
            BarChart.Group(label: trace, values: shown.map { table.mean($0, trace: trace) })
        }
        return BarChart(
            title: "Hit ratio: higher is better",
            subtitle: "Percent of requests, mean over the cache sizes of each trace",
            series: series,
            groups: groups.count > 1 ? [all] + groups : groups
        )
        .svg()
    }

    /// Returns the time of a hit by contestant, the fastest first.
    package static func getHit(_ table: TimeTable) -> String {
        let series = table.threads.enumerated().map { index, threads in
            BarChart.Series(
                name: threads == 1 ? "1 thread" : "\(threads) threads",
                colour: Palette.plain,
                opacity: index == 0 ? 1 : 0.55
            )
        }
        let ranked = table.names.enumerated().sorted { left, right in
            let (first, second) = (fastest(table, left.element), fastest(table, right.element))
            return (first, left.offset) < (second, right.offset)
        }
        let groups = ranked.map { _, name in
            let isOwn = name.lowercased() == "swift-caching"
            return BarChart.Group(
                label: displayNames[name.lowercased()] ?? name,
                values: table.threads.map { table.nanoseconds(name, threads: $0) },
                isEmphasised: isOwn,
                colour: isOwn ? Palette.own : nil
            )
        }
        return BarChart(
            title: "Time of a hit: lower is better",
            subtitle: "Nanoseconds of wall time per get, all threads together",
            series: series,
            groups: groups,
            digits: 0
        )
        .svg()
    }

    /// Returns the position of a policy in a chart; the optimum is a limit and no contestant, so it is the last.
    private static func place(of policy: String, _ others: [String]) -> Int {
        switch policy.lowercased() {
        case "optimum": .max
        case let name: known.firstIndex(of: name) ?? known.count + (others.firstIndex(of: policy) ?? 0)
        }
    }

    /// Returns the rank of a contestant: its time on the fewest threads.
    private static func fastest(_ table: TimeTable, _ name: String) -> Double {
        table.threads.lazy.compactMap { table.nanoseconds(name, threads: $0) }.first ?? .infinity
    }
}
