// SPDX-License-Identifier: Apache-2.0

/// The arguments of a subcommand, read by its syntax.
package struct CommandArguments: Sendable {
    /// The arguments that are not options, in order.
    package private(set) var values: [String] = []

    /// Whether the help is requested.
    package private(set) var wantsHelp = false

    private let syntax: CommandSyntax
    private var options: [String: String] = [:]
    private var flags: Set<String> = []

    /// Parses the arguments; `--option value` and `--option=value` are equivalent.
    ///
    /// - Throws: `BenchmarkError` for an unknown option or one without its value.
    package init(_ arguments: [String], of syntax: CommandSyntax) throws {
        self.syntax = syntax
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            guard argument.hasPrefix("-"), argument.count > 1 else {
                values.append(argument)
                continue
            }
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let name = parts[0]
            if name == "--help" || name == "-h" {
                wantsHelp = true
            } else if syntax.flags.contains(name) {
                guard parts.count == 1 else { throw error("\(name) takes no value, and \"\(parts[1])\" was given") }
                flags.insert(name)
            } else if syntax.options.contains(name) {
                guard let value = parts.count == 2 ? parts[1] : rest.popFirst(), !value.isEmpty else {
                    throw error("\(name) needs a value; see --help")
                }
                options[name] = value
            } else {
                throw error("unknown option \"\(name)\"; accepted: \(syntax.accepted)")
            }
        }
    }

    /// Whether an option without a value was given.
    package func has(_ flag: String) -> Bool { flags.contains(flag) }

    /// The value of an option; nil when it was not given.
    package subscript(option: String) -> String? { options[option] }

    /// Returns the value of a required option.
    ///
    /// - Throws: `BenchmarkError` when the option is missing.
    package func required(_ option: String) throws -> String {
        guard let value = options[option] else { throw error("\(option) is missing. \(syntax.usage)") }
        return value
    }

    /// Returns the value of an option that is a whole number.
    ///
    /// - Throws: `BenchmarkError` when the value is no whole number in the range.
    package func count(_ option: String, default standard: Int, in range: ClosedRange<Int>) throws -> Int {
        guard let text = options[option] else { return standard }
        guard let count = Int(text), range.contains(count) else {
            throw error(
                "\(option) \"\(text)\" is not accepted: it is a whole number from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return count
    }

    /// Checks that a subcommand without values was given none.
    ///
    /// - Throws: `BenchmarkError` for a value.
    package func expectNoValues() throws {
        if let value = values.first { throw error("\"\(value)\" is not expected. \(syntax.usage)") }
    }

    /// Returns an error that names the subcommand.
    package func error(_ message: String) -> BenchmarkError { BenchmarkError("\(syntax.name): \(message)") }
}
