// SPDX-License-Identifier: Apache-2.0

/// A value of the protocol that Redis and Valkey speak, RESP2 or RESP3.
package enum RESPValue: Sendable, Hashable {
    case null
    /// A status such as `OK`.
    case simple(String)
    /// A failure that the server reports instead of a reply.
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
    /// Keys and values in turn.
    case map([RESPValue])
    /// A message that is no reply.
    case push([RESPValue])
}

extension RESPValue {
    /// The bytes of a string of any kind; nil when it is none.
    package var bytes: [UInt8]? {
        switch self {
        case .bulk(let bytes), .verbatim(_, let bytes): bytes
        case .simple(let text), .bigNumber(let text): Array(text.utf8)
        default: nil
        }
    }

    /// The text of a string of any kind, repaired where it is not UTF-8; nil when it is none.
    package var text: String? {
        if case .simple(let text) = self { return text }
        return bytes.map { String(decoding: $0, as: UTF8.self) }
    }

    /// The elements of an array, a set, or a push; nil when it is none.
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

    /// The name of the kind, for errors: a value may be a secret.
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
    /// The whole text.
    package let description: String

    package init(_ description: String) { self.description = description }

    /// The first word, which names the kind of error.
    package var code: Substring { description.prefix { $0 != " " } }
}
