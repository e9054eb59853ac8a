// SPDX-License-Identifier: Apache-2.0

/// Hit ratios of policies on traces: lines of policy, trace, size and percent.
package struct HitRatioTable: Sendable {
    private struct Point: Hashable {
        let trace: String
        let size: String
    }

    /// In the order of their first lines.
    package private(set) var policies: [String] = []

    /// In the order of their first lines.
    package private(set) var traces: [String] = []

    private var percents: [String: [Point: Double]] = [:]

    /// Parses the lines; all policies must have the same points, because their means are compared.
    ///
    /// - Throws: `BenchmarkError` that names the line, or the point that a policy lacks.
    package init(_ text: String, name: String) throws {
        let table = TabSeparated(text, name: name, columns: ["policy", "trace", "size", "percent"])
        var points: [Point] = []
        for (number, fields) in try table.lines() {
            let point = Point(trace: fields[1], size: fields[2])
            let percent = try table.number(fields[3], line: number)
            guard percent <= 100 else { throw table.error(number, "\"\(fields[3])\" is more than 100 percent") }
            if !policies.contains(fields[0]) { policies.append(fields[0]) }
            if !traces.contains(point.trace) { traces.append(point.trace) }
            if percents[fields[0]]?[point] != nil {
                throw table.error(number, "\(fields[0]) has \(point.trace) \(point.size) twice")
            }
            percents[fields[0], default: [:]][point] = percent
            if !points.contains(point) { points.append(point) }
        }
        for policy in policies {
            for point in points where percents[policy]?[point] == nil {
                throw BenchmarkError("\(name): \(policy) has no line for \(point.trace) \(point.size), and others have")
            }
        }
    }

    /// Returns the mean of a policy over the sizes of a trace.
    package func mean(_ policy: String, trace: String) -> Double {
        let values = (percents[policy] ?? [:]).filter { $0.key.trace == trace }.sorted { $0.key.size < $1.key.size }
        return values.isEmpty ? 0 : values.reduce(0) { $0 + $1.value } / Double(values.count)
    }

    /// Returns the mean of a policy over the means of all traces, so that all traces have the same weight.
    package func mean(_ policy: String) -> Double {
        traces.reduce(0) { $0 + mean(policy, trace: $1) } / Double(max(1, traces.count))
    }
}
