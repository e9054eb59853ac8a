// SPDX-License-Identifier: Apache-2.0

/// What a subcommand is called and what it takes.
package struct CommandSyntax: Sendable {
    package let name: String

    /// What `--help` prints.
    package let help: String

    /// Options that take a value, such as `--rounds`.
    package let options: [String]

    /// Options that take none.
    package let flags: [String]

    package init(_ name: String, options: [String] = [], flags: [String] = [], help: String) {
        (self.name, self.help, self.options, self.flags) = (name, help, options, flags)
    }

    /// The first line of the help, which is how it is called.
    package var usage: String { String(help.prefix { $0 != "\n" }) }

    /// Every option, as an error message lists them.
    var accepted: String { (options + flags + ["--help"]).joined(separator: ", ") }
}
