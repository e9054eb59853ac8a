// SPDX-License-Identifier: Apache-2.0

import BenchmarkSupport
import Foundation

/// Draws charts of measurements.
enum ChartsCommand: BenchmarkCommand {
    static let syntax = CommandSyntax(
        "charts",
        options: ["--hit-ratio", "--get-hit", "--out"],
        help: """
            Usage: CachingBenchmarks charts [--hit-ratio TSV] [--get-hit TSV] --out FOLDER

            Writes hit-ratio.svg and get-hit.svg, each from a file whose columns are separated by tabs:

              --hit-ratio TSV  lines of policy, trace, size and percent; every policy at the same points
              --get-hit TSV    lines of name, threads and nanoseconds; of several lines of a name, the median counts
              --out FOLDER     the folder of the charts, which is created when it is missing

            The lines are those of hit-ratio, with the name of the policy before each, and of get-hit:

              hit-ratio --policy lru web.txt.gz:100,1000 | sed 's/^/LRU\\t/' >> hit-ratio.tsv
            """
    )

    static func run(_ arguments: CommandArguments) throws {
        try arguments.expectNoValues()
        let folder = try arguments.required("--out")
        let charts = try [
            arguments["--hit-ratio"].map {
                ("hit-ratio.svg", BenchmarkCharts.hitRatio(try HitRatioTable(text(of: $0, arguments), name: $0)))
            },
            arguments["--get-hit"].map {
                ("get-hit.svg", BenchmarkCharts.getHit(try TimeTable(text(of: $0, arguments), name: $0)))
            },
        ]
        .compactMap { $0 }
        guard !charts.isEmpty else {
            throw arguments.error("--hit-ratio or --get-hit is missing. \(syntax.usage)")
        }
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            for (name, chart) in charts {
                try Data(chart.utf8).write(to: URL(filePath: folder).appending(path: name))
            }
        } catch {
            throw arguments.error("cannot write to \"\(folder)\": \(error.localizedDescription)")
        }
    }

    private static func text(of path: String, _ arguments: CommandArguments) throws -> String {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw arguments.error("cannot read \"\(path)\"; a file whose columns are separated by tabs is needed")
        }
        return String(decoding: data, as: UTF8.self)
    }
}
