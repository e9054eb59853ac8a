// SPDX-License-Identifier: Apache-2.0

import BenchmarkSupport

/// A subcommand of the benchmarks.
protocol BenchmarkCommand: SendableMetatype {
    static var syntax: CommandSyntax { get }

    /// Runs the measurement and prints the results.
    ///
    /// - Throws: `BenchmarkError` or `TraceFileError` for arguments that are not accepted.
    static func run(_ arguments: CommandArguments) throws
}
