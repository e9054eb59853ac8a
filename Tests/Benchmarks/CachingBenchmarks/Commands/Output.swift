// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The output of the subcommands: results to standard output, errors to standard error.
enum Output {
    /// Prints a line and flushes it, because a pipe is buffered.
    static func line(_ text: String) {
        print(text)
        fflush(nil)
    }

    /// Prints a line whose columns are separated by tabs.
    static func row(_ columns: String...) { line(columns.joined(separator: "\t")) }

    /// Returns a number with a fixed count of digits after the point.
    static func number(_ value: Double, digits: Int) -> String { String(format: "%.\(digits)f", value) }

    /// Ends the program with a message.
    static func fail(_ message: String, code: Int32 = 2) -> Never {
        fflush(nil)
        FileHandle.standardError.write(Data("CachingBenchmarks: \(message)\n".utf8))
        exit(code)
    }
}
