// SPDX-License-Identifier: Apache-2.0

/// Percent-encoding as in addresses: `%40` for `@`.
enum PercentEncoding {
    /// Returns the decoded bytes, and the offset of each in the encoded bytes, followed by the end of those.
    static func decoded(_ bytes: [UInt8]) -> (bytes: [UInt8], starts: [Int]) {
        var decoded: [UInt8] = []
        var starts: [Int] = []
        var position = 0
        while position < bytes.count {
            starts.append(position)
            if bytes[position] == UInt8(ascii: "%"), position + 2 < bytes.count,
                let high = digit(bytes[position + 1]), let low = digit(bytes[position + 2])
            {
                decoded.append(high << 4 | low)
                position += 3
            } else {
                decoded.append(bytes[position])
                position += 1
            }
        }
        return (decoded, starts + [position])
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
