// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What the subcommands print: results to the standard output, everything else to the standard error.
enum Output {
    /// Prints a line at once; into a pipe it would wait for a full buffer otherwise.
    static func line(_ text: String) {
        print(text)
        fflush(nil)
    }

    /// A line whose columns are separated by tabs.
    static func row(_ columns: String...) { line(columns.joined(separator: "\t")) }

    /// A number with a fixed count of digits after the point.
    static func number(_ value: Double, digits: Int) -> String { String(format: "%.\(digits)f", value) }

    /// Ends the program with a message.
    static func fail(_ message: String, code: Int32 = 2) -> Never {
        fflush(nil)
        FileHandle.standardError.write(Data("CachingBenchmarks: \(message)\n".utf8))
        exit(code)
    }
}
