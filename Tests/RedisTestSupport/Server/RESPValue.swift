// SPDX-License-Identifier: Apache-2.0

/// A reply of a server, which is independent of the client under test.
package enum RESPValue: Sendable, Hashable, CustomStringConvertible {
    case simple(String)
    case error(String)
    case integer(Int)
    case bulk([UInt8])
    case null
    case array([RESPValue])
    /// Keys and values alternate.
    case map([RESPValue])
    /// The line of a boolean, a double, or a big number.
    case other(String)

    /// The text of the reply, similar to that of `redis-cli`.
    package var description: String {
        switch self {
        case .simple(let text), .error(let text), .other(let text): text
        case .integer(let number): String(number)
        case .bulk(let bytes): String(decoding: bytes, as: UTF8.self)
        case .null: "(nil)"
        case .array(let values), .map(let values): values.map(\.description).joined(separator: "\n")
        }
    }

    /// Returns the encoding of a command.
    package static func command(_ words: [String]) -> [UInt8] {
        var bytes = Array("*\(words.count)\r\n".utf8)
        for word in words { bytes += Array("$\(word.utf8.count)\r\n\(word)\r\n".utf8) }
        return bytes
    }
}
