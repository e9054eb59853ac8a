// SPDX-License-Identifier: Apache-2.0

/// The lines of a table whose columns are separated by tabs.
struct TabSeparated {
    /// The name of the table in error messages: a path.
    let name: String

    /// The names of the columns, for error messages.
    let columns: [String]

    private let text: String

    init(_ text: String, name: String, columns: [String]) {
        (self.text, self.name, self.columns) = (text, name, columns)
    }

    /// Returns the lines that are not empty, each with its number; further columns are left to the caller.
    ///
    /// - Throws: `BenchmarkError` when a line has too few columns.
    func lines() throws -> [(number: Int, fields: [String])] {
        var lines: [(number: Int, fields: [String])] = []
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            guard !line.isEmpty else { continue }
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            guard fields.count >= columns.count, fields.allSatisfy({ !$0.isEmpty }) else {
                throw error(index + 1, "\"\(line)\" is not accepted")
            }
            lines.append((index + 1, fields))
        }
        guard !lines.isEmpty else {
            throw BenchmarkError("\(name) is empty; lines of \(columns.joined(separator: "<TAB>")) are needed")
        }
        return lines
    }

    /// Parses a number of a line.
    ///
    /// - Throws: `BenchmarkError` when the text is no number, or a negative one.
    func number(_ text: String, line: Int) throws -> Double {
        guard let number = Double(text), number.isFinite, number >= 0 else {
            throw error(line, "\"\(text)\" is not a number from 0 up")
        }
        return number
    }

    func error(_ line: Int, _ message: String) -> BenchmarkError {
        BenchmarkError("\(name):\(line): \(message); a line is \(columns.joined(separator: "<TAB>"))")
    }
}
