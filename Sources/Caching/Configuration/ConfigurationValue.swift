// SPDX-License-Identifier: Apache-2.0

/// A value in a configuration: a text, a number or a truth value.
///
/// It is written as a literal, or decoded from a file. It may be a secret, and is encoded as it is.
#if hasAttribute(nonexhaustive)
    @nonexhaustive
#endif
public enum ConfigurationValue: Sendable, Hashable {
    /// A text; numbers, durations and truth values are read from texts too.
    case text(String)
    /// A whole number.
    case integer(Int)
    /// A number.
    case number(Double)
    /// A truth value.
    case boolean(Bool)

    /// The value as it may be shown when it is no secret.
    var shown: String {
        switch self {
        case .text(let text): QuotedText.of(text)
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .boolean(let value): "\(value)"
        }
    }
}

extension ConfigurationValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByStringInterpolation
{
    /// Creates a text.
    ///
    /// - Parameter value: The text.
    public init(stringLiteral value: String) { self = .text(value) }

    /// Creates a whole number.
    ///
    /// - Parameter value: The number.
    public init(integerLiteral value: Int) { self = .integer(value) }

    /// Creates a number.
    ///
    /// - Parameter value: The number.
    public init(floatLiteral value: Double) { self = .number(value) }

    /// Creates a truth value.
    ///
    /// - Parameter value: The truth value.
    public init(booleanLiteral value: Bool) { self = .boolean(value) }
}

extension ConfigurationValue: Codable {
    /// Creates a value from a single text, number or truth value.
    ///
    /// - Parameter decoder: The decoder.
    /// - Throws: `DecodingError.typeMismatch`, without the value, for anything else.
    public init(from decoder: any Decoder) throws {
        // Truth values first: some decoders take them as numbers, and none takes a number as a truth value.
        if let container = try? decoder.singleValueContainer() {
            if let value = try? container.decode(Bool.self) {
                self = .boolean(value)
                return
            }
            if let value = try? container.decode(Int.self) {
                self = .integer(value)
                return
            }
            if let value = try? container.decode(Double.self) {
                self = .number(value)
                return
            }
            if let value = try? container.decode(String.self) {
                self = .text(value)
                return
            }
        }
        let message = "a setting is a text, a number, true or false, and nothing else"
        throw DecodingError.typeMismatch(
            ConfigurationValue.self,
            DecodingError.Context(codingPath: decoder.codingPath, debugDescription: message)
        )
    }

    /// Encodes the text, the number or the truth value.
    ///
    /// - Parameter encoder: The encoder.
    /// - Throws: The error of the encoder.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .text(let text): try container.encode(text)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .boolean(let value): try container.encode(value)
        }
    }
}
