// SPDX-License-Identifier: Apache-2.0

import BenchmarkSupport
import Foundation
import TraceFiles

/// Writes reproducible traces.
enum MakeTraceCommand: BenchmarkCommand {
    static let syntax = CommandSyntax(
        "make-trace",
        help: """
            Usage: CachingBenchmarks make-trace PART ... FILE

            Writes a trace, one key a line, compressed with gzip when FILE ends in .gz. The parts follow one another, and a
            part may be given several times. The same parts give the same trace. FILE must not exist.

              zipf:ALPHA[:SEED]  2,000,000 keys of 100,000, drawn by Zipf's law
              loop:N:COUNT       N keys in turn, repeated for COUNT requests
              ANOTHER-FILE       the keys of another trace, plain or gzip

            A phase of loops between two phases of another trace:

              make-trace web.trace.gz loop:1000:500000 web.trace.gz mix.trace.gz
            """
    )

    static func run(_ arguments: CommandArguments) throws {
        guard arguments.values.count >= 2, let path = arguments.values.last else {
            throw arguments.error("a part and a file are needed. \(syntax.usage)")
        }
        // If the name of the file is forgotten, the last part must not be overwritten.
        guard !FileManager.default.fileExists(atPath: path) else {
            throw arguments.error("\"\(path)\" exists; the last argument is the file to be written")
        }
        let parts = try arguments.values.dropLast().map { try TracePart($0) }
        for part in parts { try part.check() }
        var writer = try TraceWriter(path)
        for part in parts { try part.forEachKey { try writer.append($0) } }
        try writer.finish()
    }
}
