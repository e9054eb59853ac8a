// SPDX-License-Identifier: Apache-2.0

/// A value of RESP2 or RESP3, the protocol of Redis and Valkey.
package enum RESPValue: Sendable, Hashable {
    case null
    /// A status such as `OK`.
    case simple(String)
    /// An error that the server sends instead of a reply.
    case error(RedisServerError)
    case integer(Int64)
    case bulk([UInt8])
    case boolean(Bool)
    case double(Double)
    /// An integer of any size, in decimal digits.
    case bigNumber(String)
    /// Text with its format, such as `txt`.
    case verbatim(format: String, [UInt8])
    case array([RESPValue])
    case set([RESPValue])
    /// Keys and values alternate.
    case map([RESPValue])
    /// An out-of-band message, which is not a reply.
    case push([RESPValue])
}

extension RESPValue {
    /// The bytes of a string of any kind; nil for other values.
    package var bytes: [UInt8]? {
        switch self {
        case .bulk(let bytes), .verbatim(_, let bytes): bytes
        case .simple(let text), .bigNumber(let text): Array(text.utf8)
        default: nil
        }
    }

    /// The text of a string of any kind, with invalid UTF-8 repaired; nil for other values.
    package var text: String? {
        if case .simple(let text) = self { return text }
        return bytes.map { String(decoding: $0, as: UTF8.self) }
    }

    /// The elements of an array, a set, or a push; nil for other values.
    package var elements: [RESPValue]? {
        switch self {
        case .array(let elements), .set(let elements), .push(let elements): elements
        default: nil
        }
    }

    /// Returns the value of a key of a map, which is an array in RESP2.
    package func value(forKey key: String) -> RESPValue? {
        let pairs: [RESPValue]
        switch self {
        case .map(let elements), .array(let elements): pairs = elements
        default: return nil
        }
        for index in stride(from: 0, to: pairs.count - 1, by: 2) where pairs[index].text == key {
            return pairs[index + 1]
        }
        return nil
    }

    /// The name of the type, for error messages, which must not contain the value.
    package var kind: String {
        switch self {
        case .null: "null"
        case .simple: "a status"
        case .error: "an error"
        case .integer: "an integer"
        case .bulk: "a string"
        case .boolean: "a boolean"
        case .double: "a double"
        case .bigNumber: "a big number"
        case .verbatim: "a text"
        case .array: "an array"
        case .set: "a set"
        case .map: "a map"
        case .push: "a push"
        }
    }
}

/// An error that the server replied, such as `WRONGTYPE Operation against a key holding the wrong kind of value`.
package struct RedisServerError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The complete error message.
    package let description: String

    package init(_ description: String) { self.description = description }

    /// The first word of the message, which names the kind of error.
    package var code: Substring { description.prefix { $0 != " " } }
}
