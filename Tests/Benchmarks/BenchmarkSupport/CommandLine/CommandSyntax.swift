// SPDX-License-Identifier: Apache-2.0

/// The name of a subcommand and the options that it accepts.
package struct CommandSyntax: Sendable {
    package let name: String

    /// The text that `--help` prints.
    package let help: String

    /// The options that take a value, such as `--rounds`.
    package let options: [String]

    /// The options without a value.
    package let flags: [String]

    package init(_ name: String, options: [String] = [], flags: [String] = [], help: String) {
        (self.name, self.help, self.options, self.flags) = (name, help, options, flags)
    }

    /// The first line of the help, which shows a call.
    package var usage: String { String(help.prefix { $0 != "\n" }) }

    /// The accepted options, for error messages.
    var accepted: String { (options + flags + ["--help"]).joined(separator: ", ") }
}
