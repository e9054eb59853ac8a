// SPDX-License-Identifier: Apache-2.0

/// A reply of a server, as the bench itself reads it: it owes nothing to the client that is tested.
package enum RESPValue: Sendable, Hashable, CustomStringConvertible {
    case simple(String)
    case error(String)
    case integer(Int)
    case bulk([UInt8])
    case null
    case array([RESPValue])
    /// Keys and values in turn.
    case map([RESPValue])
    /// Booleans, doubles, big numbers and others of RESP3: the type's byte and the text after it.
    case other(String)

    /// The text of a reply, as a person would read it.
    package var description: String {
        switch self {
        case .simple(let text), .error(let text), .other(let text): text
        case .integer(let number): String(number)
        case .bulk(let bytes): String(decoding: bytes, as: UTF8.self)
        case .null: "(nil)"
        case .array(let values), .map(let values): values.map(\.description).joined(separator: "\n")
        }
    }

    /// The bytes of a command: an array of bulk strings.
    package static func command(_ words: [String]) -> [UInt8] {
        var bytes = Array("*\(words.count)\r\n".utf8)
        for word in words { bytes += Array("$\(word.utf8.count)\r\n\(word)\r\n".utf8) }
        return bytes
    }
}
