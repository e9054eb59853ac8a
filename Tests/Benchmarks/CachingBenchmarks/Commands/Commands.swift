// SPDX-License-Identifier: Apache-2.0

import BenchmarkSupport
import TraceFiles

/// The subcommands with options.
enum Commands {
    private static let all: [any BenchmarkCommand.Type] = [
        HitRatioCommand.self, GetHitCommand.self, WritesCommand.self, MemoryCommand.self, MakeTraceCommand.self,
        CodecsCommand.self, ChartsCommand.self,
    ]

    static var help: String {
        let own = all.map { "  " + $0.syntax.usage.dropFirst("Usage: CachingBenchmarks ".count) }
        return """
            Usage: CachingBenchmarks [SUBCOMMAND]

            Without a subcommand, runs hit, joiners and misses, and prints tables for the documentation.

              hit [ROUNDS [CAPACITY]]
              joiners
              misses
              redis [ROUNDS]
            \(own.joined(separator: "\n"))

            SUBCOMMAND --help describes a subcommand with options.
            """
    }

    /// Runs a subcommand, and returns false when there is none of the name.
    static func run(_ name: String, _ arguments: some Sequence<String>) -> Bool {
        guard let command = all.first(where: { $0.syntax.name == name }) else { return false }
        do {
            let arguments = try CommandArguments(Array(arguments), of: command.syntax)
            if arguments.wantsHelp { Output.line(command.syntax.help) } else { try command.run(arguments) }
        } catch let error as BenchmarkError {
            Output.fail(error.message)
        } catch let error as TraceFileError {
            Output.fail(error.message)
        } catch {
            Output.fail("\(error)", code: 1)
        }
        return true
    }

    static func failUnknown(_ name: String) -> Never {
        let names = ["hit [ROUNDS [CAPACITY]]", "joiners", "misses", "redis [ROUNDS]"] + all.map { $0.syntax.name }
        Output.fail(
            "unknown benchmark \"\(name)\". Accepted: \(names.joined(separator: ", ")), --help; without a subcommand, hit, joiners and misses run"
        )
    }
}
