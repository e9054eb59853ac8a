// SPDX-License-Identifier: Apache-2.0

import RedisClient

/// A generator of random replies.
struct RandomReplies {
    var random: SeededGenerator

    /// Whether only types that `hiredis` supports are generated.
    var isCommon = false

    /// Returns the bytes of a reply, and a text that represents its value.
    mutating func next(depth: Int = 0) -> (bytes: [UInt8], canonical: String) {
        switch Int.random(in: 0..<(depth < 3 ? 16 : 10), using: &random) {
        case 0: return line("_", "", "_")
        case 1:
            let text = letters()
            return line("+", text, "s" + hex(Array(text.utf8)))
        case 2:
            let text = "ERR " + letters()
            return line("-", text, "e" + hex(Array(text.utf8)))
        case 3:
            let shift = Int.random(in: 0..<64, using: &random)
            let number = Int64.random(in: .min ... .max, using: &random) >> Int64(shift)
            return line(":", "\(number)", "i\(number)")
        case 4, 5, 6:
            let bytes = (0..<Int.random(in: 0..<40, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            return (Array("$\(bytes.count)\r\n".utf8) + bytes + Array("\r\n".utf8), "s" + hex(bytes))
        case 7:
            let isTrue = Bool.random(using: &random)
            return line("#", isTrue ? "t" : "f", isTrue ? "t" : "f")
        case 8:
            let number = Double(Int.random(in: -1_000_000...1_000_000, using: &random)) / 64
            return line(",", "\(number)", "d\(number.bitPattern)")
        case 9:
            let text = letters()
            return (Array("=\(text.utf8.count + 4)\r\ntxt:\(text)\r\n".utf8), "s" + hex(Array(text.utf8)))
        case 10, 11, 12: return aggregate("*", "[", depth)
        case 13: return aggregate("~", "[", depth)
        case 14:
            let count = Int.random(in: 0..<5, using: &random)
            var (bytes, texts) = (Array("%\(count)\r\n".utf8), [String]())
            for number in 0..<count {
                let value = next(depth: depth + 1)
                bytes += Array("+key\(number)\r\n".utf8) + value.bytes
                texts.append("s" + hex(Array("key\(number)".utf8)) + "=" + value.canonical)
            }
            return (bytes, "{" + texts.joined(separator: ",") + "}")
        default:
            guard !isCommon else { return next(depth: depth) }
            let value = next(depth: depth + 1)
            return (Array("|1\r\n+a\r\n:1\r\n".utf8) + value.bytes, value.canonical)
        }
    }

    private mutating func aggregate(_ kind: String, _ bracket: String, _ depth: Int) -> ([UInt8], String) {
        let elements = (0..<Int.random(in: 0..<5, using: &random)).map { _ in next(depth: depth + 1) }
        let bytes = Array("\(kind)\(elements.count)\r\n".utf8) + elements.flatMap(\.bytes)
        return (bytes, "[" + elements.map(\.canonical).joined(separator: ",") + "]")
    }

    private func line(_ kind: String, _ text: String, _ canonical: String) -> ([UInt8], String) {
        (Array("\(kind)\(text)\r\n".utf8), canonical)
    }

    private mutating func letters() -> String {
        String(
            (0..<Int.random(in: 0..<12, using: &random)).map { _ in
                "abcdefgh $*:+-é".randomElement(using: &random) ?? "a"
            }
        )
    }

    private func hex(_ bytes: [UInt8]) -> String { Self.hex(bytes) }

    static func hex(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// Splits bytes at random positions.
    mutating func pieces(of bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        var pieces: [ArraySlice<UInt8>] = []
        var start = 0
        while start < bytes.count {
            let end = min(
                bytes.count,
                start + Int.random(in: 1...(Bool.random(using: &random) ? 3 : 64), using: &random)
            )
            pieces.append(bytes[start..<end])
            start = end
        }
        return pieces
    }
}

extension RESPValue {
    /// A text that represents the value, without the difference between kinds of strings, and between arrays and sets.
    var canonical: String {
        switch self {
        case .null: "_"
        case .simple, .bulk, .verbatim, .bigNumber: "s" + RandomReplies.hex(bytes ?? [])
        case .error(let error): "e" + RandomReplies.hex(Array(error.description.utf8))
        case .integer(let number): "i\(number)"
        case .boolean(let isTrue): isTrue ? "t" : "f"
        case .double(let number): "d\(number.bitPattern)"
        case .array(let elements), .set(let elements), .push(let elements):
            "[" + elements.map(\.canonical).joined(separator: ",") + "]"
        case .map(let elements):
            "{"
                + stride(from: 0, to: elements.count, by: 2)
                .map { elements[$0].canonical + "=" + elements[$0 + 1].canonical }.joined(separator: ",") + "}"
        }
    }
}
