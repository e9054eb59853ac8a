// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Whatever an item may be, so that any structure can be read and written.
///
/// A float that is whole is read as an integer.
enum AnyValue: Codable, Equatable, Sendable {
    case null
    case boolean(Bool)
    case integer(Int64)
    case large(UInt64)
    case double(Double)
    case text(String)
    case bytes(Data)
    case array([AnyValue])
    case map([String: AnyValue])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .boolean(value)
        } else if let value = try? container.decode(Int64.self) {
            self = .integer(value)
        } else if let value =
            try? container.decode(UInt64.self)
        {
            self = .large(value)
        } else if let value = try? container.decode(Double.self) {
            self = .double(value)
        } else if let value =
            try? container.decode(String.self)
        {
            self = .text(value)
        } else if let value = try? container.decode([AnyValue].self) {
            self = .array(value)
        } else if let value =
            try? container.decode(Data.self)
        {
            self = .bytes(value)
        } else {
            self = .map(try container.decode([String: AnyValue].self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .boolean(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .large(let value): try container.encode(value)
        case .double(let value): try container.encode(value)
        case .text(let value): try container.encode(value)
        case .bytes(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .map(let value): try container.encode(value)
        }
    }

    /// A structure of at most so many levels.
    static func random(depth: Int, using random: inout SeededGenerator) -> AnyValue {
        switch Int.random(in: 0..<(depth > 0 ? 9 : 7), using: &random) {
        case 0: return .null
        case 1: return .boolean(.random(using: &random))
        case 2: return .integer(Int64(bitPattern: random.next()) >> Int64.random(in: 0..<64, using: &random))
        case 3: return .large(UInt64(Int64.max) + 1 + random.next() >> 1)
        case 4: return .double(Double.random(in: -1...1, using: &random) + 0.5e-9)
        case 5: return .text(text(using: &random))
        case 6:
            return .bytes(
                Data((0..<Int.random(in: 0..<40, using: &random)).map { _ in .random(in: 0...255, using: &random) })
            )
        case 7:
            return .array(
                (0..<Int.random(in: 0..<(depth > 1 ? 5 : 30), using: &random)).map { _ in
                    self.random(depth: depth - 1, using: &random)
                }
            )
        default:
            var map: [String: AnyValue] = [:]
            for _ in 0..<Int.random(in: 0..<(depth > 1 ? 5 : 40), using: &random) {
                map[text(using: &random)] = self.random(depth: depth - 1, using: &random)
            }
            return .map(map)
        }
    }

    private static func text(using random: inout SeededGenerator) -> String {
        let characters = Array("abcdefghijklmnopqrstuvwxyz0123456789 äß€😀\u{0}\"")
        return String(
            (0..<Int.random(in: 0..<30, using: &random)).map { _ in
                characters[Int.random(in: characters.indices, using: &random)]
            }
        )
    }
}
