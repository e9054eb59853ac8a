// SPDX-License-Identifier: Apache-2.0

/// Values of one line.
extension RESPParser {
    static func scalar(_ kind: UInt8, _ text: UnsafeRawBufferPointer) throws(RESPProtocolError) -> RESPValue {
        guard !text.contains(UInt8(ascii: "\r")) else { throw RESPProtocolError("a line contains a CR") }
        switch kind {
        case UInt8(ascii: "+"):
            return .simple(String(decoding: text, as: UTF8.self))
        case UInt8(ascii: "-"):
            return .error(RedisServerError(String(decoding: text, as: UTF8.self)))
        case UInt8(ascii: ":"):
            guard let number = integer(text) else {
                throw RESPProtocolError("an integer is not a signed 64-bit number")
            }
            return .integer(number)
        case UInt8(ascii: "_"):
            guard text.isEmpty else { throw RESPProtocolError("a null is not empty") }
            return .null
        case UInt8(ascii: "#"):
            guard text.count == 1, text[0] == UInt8(ascii: "t") || text[0] == UInt8(ascii: "f") else {
                throw RESPProtocolError("a boolean is neither t nor f")
            }
            return .boolean(text[0] == UInt8(ascii: "t"))
        case UInt8(ascii: ","):
            guard let number = double(text) else { throw RESPProtocolError("a double is not a number") }
            return .double(number)
        case UInt8(ascii: "("):
            let digits = text.first == UInt8(ascii: "-") ? text.dropFirst() : text[...]
            guard !digits.isEmpty, digits.allSatisfy(isDigit) else {
                throw RESPProtocolError("a big number is not a number")
            }
            return .bigNumber(String(decoding: text, as: UTF8.self))
        default:
            throw RESPProtocolError("a value begins with the byte \(kind), which is not a type")
        }
    }

    /// Returns the value of an integer in canonical form; nil if the text is not one, or does not fit.
    static func integer(_ text: UnsafeRawBufferPointer) -> Int64? {
        let isNegative = text.first == UInt8(ascii: "-")
        let digits = isNegative ? text.dropFirst() : text[...]
        guard let first = digits.first, digits.count <= 19 else { return nil }
        if first == UInt8(ascii: "0") { return digits.count == 1 && !isNegative ? 0 : nil }
        var magnitude: UInt64 = 0
        for byte in digits {
            guard isDigit(byte) else { return nil }
            // 19 digits cannot overflow.
            magnitude = magnitude * 10 + UInt64(byte & 0x0F)
        }
        guard isNegative else { return Int64(exactly: magnitude) }
        return magnitude <= Int64.min.magnitude ? Int64(truncatingIfNeeded: ~magnitude &+ 1) : nil
    }

    private static func double(_ text: UnsafeRawBufferPointer) -> Double? {
        let word = String(decoding: text, as: UTF8.self)
        switch word {
        case "inf": return .infinity
        case "-inf": return -.infinity
        case "nan", "-nan": return .nan
        default:
            // The initialiser accepts more than the protocol: hexadecimal digits, and other names of infinity.
            guard word.utf8.allSatisfy({ isDigit($0) || "+-.eE".utf8.contains($0) }) else { return nil }
            return Double(word)
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
