// SPDX-License-Identifier: Apache-2.0

/// A type whose values can stand in a ``CacheConfiguration``.
///
/// A type of your own conforms by saying which text, number or truth value it is there.
public protocol ConfigurationConvertible: Sendable {
    /// The value in a configuration.
    var configurationValue: ConfigurationValue { get }
}

extension ConfigurationValue: ConfigurationConvertible {
    /// The value itself.
    public var configurationValue: ConfigurationValue { self }
}

extension String: ConfigurationConvertible {
    /// The text.
    public var configurationValue: ConfigurationValue { .text(self) }
}

extension Substring: ConfigurationConvertible {
    /// The text.
    public var configurationValue: ConfigurationValue { .text(String(self)) }
}

extension Int: ConfigurationConvertible {
    /// The whole number.
    public var configurationValue: ConfigurationValue { .integer(self) }
}

extension Double: ConfigurationConvertible {
    /// The number.
    public var configurationValue: ConfigurationValue { .number(self) }
}

extension Bool: ConfigurationConvertible {
    /// The truth value.
    public var configurationValue: ConfigurationValue { .boolean(self) }
}

extension Duration: ConfigurationConvertible {
    /// The number of seconds.
    public var configurationValue: ConfigurationValue {
        let (seconds, attoseconds) = components
        guard attoseconds != 0 else { return .integer(Int(clamping: seconds)) }
        return .number(Double(seconds) + Double(attoseconds) / 1e18)
    }
}

extension TTL: ConfigurationConvertible {
    /// The number of seconds, or `forever`.
    ///
    /// ``TTL/default`` is the text `default`, which no setting accepts: leave the setting out instead.
    public var configurationValue: ConfigurationValue {
        switch kind {
        case .default: .text("default")
        case .forever: .text("forever")
        case .finite(let duration): duration.configurationValue
        }
    }
}

// So that `.text(value)` may be written in a configuration too. The cases themselves come first elsewhere.
extension ConfigurationConvertible where Self == ConfigurationValue {
    /// Returns a text.
    ///
    /// - Parameter text: The text.
    /// - Returns: The value.
    @_disfavoredOverload
    public static func text(_ text: String) -> ConfigurationValue { ConfigurationValue.text(text) }

    /// Returns a whole number.
    ///
    /// - Parameter value: The number.
    /// - Returns: The value.
    @_disfavoredOverload
    public static func integer(_ value: Int) -> ConfigurationValue { ConfigurationValue.integer(value) }

    /// Returns a number.
    ///
    /// - Parameter value: The number.
    /// - Returns: The value.
    @_disfavoredOverload
    public static func number(_ value: Double) -> ConfigurationValue { ConfigurationValue.number(value) }

    /// Returns a truth value.
    ///
    /// - Parameter value: The truth value.
    /// - Returns: The value.
    @_disfavoredOverload
    public static func boolean(_ value: Bool) -> ConfigurationValue { ConfigurationValue.boolean(value) }
}
