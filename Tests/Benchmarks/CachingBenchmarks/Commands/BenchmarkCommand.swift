// SPDX-License-Identifier: Apache-2.0

import BenchmarkSupport

/// A subcommand of the benchmarks.
protocol BenchmarkCommand: SendableMetatype {
    static var syntax: CommandSyntax { get }

    /// Measures and prints.
    ///
    /// - Throws: `BenchmarkError` or `TraceFileError` for what was asked for and cannot be done.
    static func run(_ arguments: CommandArguments) throws
}
