// SPDX-License-Identifier: Apache-2.0

/// Times of contestants: lines of name, threads and nanoseconds; further columns are ignored.
package struct TimeTable: Sendable {
    /// In the order of their first lines.
    package private(set) var names: [String] = []

    /// The numbers of threads that have results, ascending.
    package private(set) var threads: [Int] = []

    private var times: [String: [Int: [Double]]] = [:]

    /// Parses the lines; several lines of one contestant are rounds, of which the median counts.
    ///
    /// - Throws: `BenchmarkError` that names the line.
    package init(_ text: String, name: String) throws {
        let table = TabSeparated(text, name: name, columns: ["name", "threads", "ns"])
        for (number, fields) in try table.lines() {
            guard let count = Int(fields[1]), count > 0 else {
                throw table.error(number, "\"\(fields[1])\" is not a number of threads")
            }
            let time = try table.number(fields[2], line: number)
            if !names.contains(fields[0]) { names.append(fields[0]) }
            if !threads.contains(count) { threads.append(count) }
            times[fields[0], default: [:]][count, default: []].append(time)
        }
        threads.sort()
    }

    /// Returns the median of the rounds of a contestant; nil when it has none with this number of threads.
    package func nanoseconds(_ name: String, threads: Int) -> Double? {
        times[name]?[threads].map { Spread($0).median }
    }
}
