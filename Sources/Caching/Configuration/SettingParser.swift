// SPDX-License-Identifier: Apache-2.0

/// The checked value of a setting.
enum Setting: Sendable, Hashable {
    case text(String)
    case integer(Int)
    case bytes(Int)
    case number(Double)
    case boolean(Bool)
    case lifetime(TTL)
}

/// The parser of the values of settings.
enum SettingParser {
    /// Returns the setting, or nil when the value is not accepted.
    static func parse(_ value: ConfigurationValue, as kind: DriverOption.Kind) -> Setting? {
        switch kind {
        case .text: text(value).map(Setting.text)
        case .integer(let range): integer(value).flatMap { range.contains($0) ? .integer($0) : nil }
        case .capacity(let range):
            integer(value).flatMap { range.contains($0) ? .integer($0) : nil } ?? bytes(value).map(Setting.bytes)
        case .choice(let words):
            text(value).map { $0.lowercased() }.flatMap { words.contains($0) ? .text($0) : nil }
        case .number(let range): number(value).flatMap { range.contains($0) ? .number($0) : nil }
        case .boolean: boolean(value).map(Setting.boolean)
        case .duration: duration(value).map { .lifetime(.duration($0)) }
        case .lifetime:
            switch value {
            case .text("forever"), .text("never"): .lifetime(.forever)
            default: duration(value).map { .lifetime(.duration($0)) }
            }
        }
    }

    /// Returns a description of the values that a kind of setting accepts.
    static func accepted(_ kind: DriverOption.Kind) -> String {
        switch kind {
        case .text: "a text that is not blank, without control characters, at most 512 bytes"
        case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .capacity(let range):
            "a whole number of entries from \(range.lowerBound) to \(range.upperBound), or a size in bytes with kB, MB, "
                + "GB, KiB, MiB or GiB"
        case .choice(let words): "one of \(words.joined(separator: ", "))"
        case .number(let range): "a number from \(range.lowerBound) to \(range.upperBound)"
        case .boolean: "true or false (also yes, no, on, off, 1, 0)"
        case .duration: "seconds as a number, or a number with ms, s, m, h or d; more than 0, at most 100 years"
        case .lifetime:
            "seconds as a number, or a number with ms, s, m, h or d; more than 0, at most 100 years; or \"forever\""
        }
    }

    /// Returns advice for a value that is not accepted, such as the value that was probably meant.
    static func hint(_ value: ConfigurationValue, for option: DriverOption) -> String? {
        if option.name == "ttl", number(value) == 0 { return "to switch the cache off, set \"driver\" to \"none\"" }
        if case .choice(let words) = option.kind, case .text(let text) = value {
            return NearestName.of(text.lowercased(), in: words).map { "did you mean \"\($0)\"?" }
        }
        guard case .capacity = option.kind, case .text(let text) = value else { return nil }
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let rest = text.dropFirst(digits.count).filter { $0 != " " }.lowercased()
        let unit = units.keys.sorted().first { $0.lowercased() == rest || $0.lowercased() == rest + "b" }
        guard let unit, bytes(.text(digits + unit)) != nil else { return nil }
        return "did you mean \(digits)\(unit)?"
    }

    private static func text(_ value: ConfigurationValue) -> String? {
        guard case .text(let text) = value, KeyRules.problem(with: text) == nil, text.utf8.count <= 512 else {
            return nil
        }
        return text
    }

    private static func integer(_ value: ConfigurationValue) -> Int? {
        switch value {
        case .integer(let value): value
        case .number(let value): Int(exactly: value)
        case .text(let text): Int(text)
        case .boolean: nil
        }
    }

    private static func number(_ value: ConfigurationValue) -> Double? {
        switch value {
        case .integer(let value): Double(value)
        case .number(let value): value
        case .text(let text): Double(text)
        case .boolean: nil
        }
    }

    private static let units = [
        "kB": 1000, "MB": 1_000_000, "GB": 1_000_000_000, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30,
    ]

    private static func bytes(_ value: ConfigurationValue) -> Int? {
        guard case .text(let text) = value else { return nil }
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int(digits), let unit = units[String(text.dropFirst(digits.count))] else { return nil }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: unit)
        return overflow || bytes < 1 ? nil : bytes
    }

    private static func boolean(_ value: ConfigurationValue) -> Bool? {
        switch value {
        case .boolean(let value): value
        case .text(let text):
            switch text.lowercased() {
            case "true", "yes", "on", "1": true
            case "false", "no", "off", "0": false
            default: nil
            }
        case .integer(1): true
        case .integer(0): false
        case .integer, .number: nil
        }
    }

    private static func duration(_ value: ConfigurationValue) -> Duration? {
        let seconds: Double?
        switch value {
        case .text(let text):
            let digits = text.prefix { "0123456789.".contains($0) }
            let units = ["": 1.0, "ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86_400]
            seconds = Double(digits).flatMap { number in
                units[String(text.dropFirst(digits.count))].map { number * $0 }
            }
        default:
            seconds = number(value)
        }
        guard let seconds, seconds > 0, seconds <= 100 * 365.25 * 86_400 else { return nil }
        return .nanoseconds(max(1, Int64((seconds * 1e9).rounded())))
    }
}
