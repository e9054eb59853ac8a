// SPDX-License-Identifier: Apache-2.0

/// A parser of the bytes of a connection.
struct RESPReader {
    /// The maximum number of bytes of a value.
    private static let limit = 64 << 20

    private var bytes: [UInt8] = []
    private var place = 0

    mutating func append(_ more: [UInt8]) throws {
        if place > 0 {
            bytes.removeFirst(place)
            place = 0
        }
        bytes += more
        guard bytes.count < Self.limit else { throw TestSupportError("a value of more than \(Self.limit) bytes") }
    }

    /// Returns the next value; nil if it is incomplete, in which case the next call parses it again.
    mutating func next() throws -> RESPValue? {
        let start = place
        do {
            return try value()
        } catch is Incomplete {
            place = start
            return nil
        }
    }

    private struct Incomplete: Error {}

    private mutating func value() throws -> RESPValue {
        let line = try line()
        guard let kind = line.first else { throw TestSupportError("an empty line where a value should begin") }
        let text = String(decoding: line.dropFirst(), as: UTF8.self)
        switch kind {
        case UInt8(ascii: "+"): return .simple(text)
        case UInt8(ascii: "-"): return .error(text)
        case UInt8(ascii: ":"): return .integer(try number(text))
        case UInt8(ascii: "_"): return .null
        case UInt8(ascii: "$"), UInt8(ascii: "="), UInt8(ascii: "!"):
            let count = try number(text)
            if count < 0 { return .null }
            let content = try take(count)
            _ = try take(2)
            return kind == UInt8(ascii: "!") ? .error(String(decoding: content, as: UTF8.self)) : .bulk(content)
        case UInt8(ascii: "*"), UInt8(ascii: "~"), UInt8(ascii: ">"):
            let count = try number(text)
            return count < 0 ? .null : .array(try (0..<count).map { _ in try value() })
        case UInt8(ascii: "%"):
            return .map(try (0..<(2 * max(0, number(text)))).map { _ in try value() })
        case UInt8(ascii: "#"), UInt8(ascii: ","), UInt8(ascii: "("):
            return .other(String(decoding: line, as: UTF8.self))
        default:
            throw TestSupportError(
                "invalid first byte of a value: \(String(decoding: line, as: UTF8.self).debugDescription)"
            )
        }
    }

    private func number(_ text: String) throws -> Int {
        guard let number = Int(text), number < Self.limit || text.count < 20 else {
            throw TestSupportError("\(text.debugDescription) is not a number")
        }
        return number
    }

    private mutating func line() throws -> ArraySlice<UInt8> {
        guard let end = bytes[place...].firstIndex(of: UInt8(ascii: "\n")), end > place else { throw Incomplete() }
        defer { place = end + 1 }
        return bytes[place..<(end - 1)]
    }

    private mutating func take(_ count: Int) throws -> [UInt8] {
        guard count <= Self.limit else { throw TestSupportError("a value of \(count) bytes") }
        guard bytes.count - place >= count else { throw Incomplete() }
        defer { place += count }
        return Array(bytes[place..<(place + count)])
    }
}
