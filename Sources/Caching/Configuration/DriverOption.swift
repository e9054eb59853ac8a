// SPDX-License-Identifier: Apache-2.0

/// A setting of a driver: its name, the values that it accepts, and whether it is required.
public struct DriverOption: Sendable {
    /// A kind of values that a setting accepts.
    #if hasAttribute(nonexhaustive)
        @nonexhaustive
    #endif
    public enum Kind: Sendable, Hashable {
        /// Any text that is not blank.
        case text
        /// A whole number in a range.
        case integer(ClosedRange<Int>)
        /// A whole number of entries in a range, or a size in bytes with its unit, as in `64MB` or `64MiB`.
        case capacity(ClosedRange<Int>)
        /// One of some words.
        case choice([String])
        /// A number in a range.
        case number(ClosedRange<Double>)
        /// `true`, `false`, `yes`, `no`, `on`, `off`, `1` or `0`.
        case boolean
        /// Seconds as a number, or a number with `ms`, `s`, `m`, `h` or `d`; more than zero.
        case duration
        /// A duration, or `forever`.
        case lifetime
    }

    /// The name, in lower case; words are joined with underscores.
    public let name: String

    /// The values that the setting accepts.
    public let kind: Kind

    /// A Boolean value that indicates whether the driver needs the setting.
    public let isRequired: Bool

    /// A Boolean value that indicates whether the value must never be shown.
    public let isSecret: Bool

    /// Environment variables that set it for the default cache, in addition to `CACHE_` and its name; the first one that
    /// is set wins.
    public let environment: [String]

    /// Creates a setting.
    ///
    /// - Parameters:
    ///   - name: The name, in lower case; words are joined with underscores.
    ///   - kind: The values that it accepts.
    ///   - isRequired: Whether the driver needs it.
    ///   - isSecret: Whether its value must never be shown.
    ///   - environment: Environment variables that set it for the default cache.
    public init(
        _ name: String,
        _ kind: Kind,
        isRequired: Bool = false,
        isSecret: Bool = false,
        environment: [String] = []
    ) {
        self.name = name
        self.kind = kind
        self.isRequired = isRequired
        self.isSecret = isSecret
        self.environment = environment
    }

    /// The reason why the name cannot be used; nil when it can.
    var objection: String? {
        // An environment variable has to be able to set it: `CACHE_` and the name in upper case.
        let words = name.split(separator: "_", omittingEmptySubsequences: false)
        let isUsable =
            name == name.lowercased()
            && words.allSatisfy { word in
                !word.isEmpty && !word.contains { $0.isWhitespace || $0 == "-" || $0 == "." }
            }
        guard !isUsable else { return nil }
        return "the name of a setting is words in lower case that are joined with underscores, "
            + "and \(QuotedText.of(name)) is not"
    }

    /// The settings that every cache has, whatever its driver.
    static let common: [DriverOption] = [
        DriverOption("driver", .text),
        DriverOption("ttl", .lifetime),
        DriverOption("jitter", .number(0...1)),
        DriverOption("prefix", .text),
        DriverOption("version", .text),
        DriverOption("timeout", .duration),
    ]

    /// The capacity of memory, which is accepted with every driver, so that changing the driver takes one line.
    static let capacity = DriverOption("capacity", .capacity(1...MemoryCapacity.maximumEntries))
}
