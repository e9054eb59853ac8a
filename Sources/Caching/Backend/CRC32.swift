// SPDX-License-Identifier: Apache-2.0

/// CRC-32 with the polynomial of zlib, so that `zlib.crc32` of other languages gives the same number.
package enum CRC32 {
    /// The number of tables, and of bytes that are looked up at once.
    private static let width = 8

    /// Table `n` at `n * 256`: the effect of a byte on the checksum when `n` zero bytes follow it.
    private static let tables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: width * 256)
        for byte in 0..<256 {
            tables[byte] = (0..<8).reduce(UInt32(byte)) { sum, _ in sum >> 1 ^ (sum & 1 == 0 ? 0 : 0xEDB8_8320) }
        }
        for index in 256..<tables.count {
            let before = tables[index - 256]
            tables[index] = before >> 8 ^ tables[Int(before & 0xFF)]
        }
        return tables
    }()

    /// Returns the checksum of bytes.
    ///
    /// - Complexity: O(bytes), a fraction of a nanosecond for each.
    package static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        tables.withUnsafeBufferPointer { checksum(bytes, $0) }
    }

    private static func checksum(_ bytes: UnsafeRawBufferPointer, _ table: UnsafeBufferPointer<UInt32>) -> UInt32 {
        var sum: UInt32 = ~0
        var position = 0
        while bytes.count - position >= width {
            let word = bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self).littleEndian ^ UInt64(sum)
            sum = table[1792 + Int(word & 0xFF)] ^ table[1536 + Int(word >> 8 & 0xFF)]
            sum ^= table[1280 + Int(word >> 16 & 0xFF)] ^ table[1024 + Int(word >> 24 & 0xFF)]
            sum ^= table[768 + Int(word >> 32 & 0xFF)] ^ table[512 + Int(word >> 40 & 0xFF)]
            sum ^= table[256 + Int(word >> 48 & 0xFF)] ^ table[Int(word >> 56)]
            position += width
        }
        while position < bytes.count {
            sum = sum >> 8 ^ table[Int((sum ^ UInt32(bytes[position])) & 0xFF)]
            position += 1
        }
        return ~sum
    }
}
