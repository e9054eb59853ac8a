// SPDX-License-Identifier: Apache-2.0

/// A check that bytes are UTF-8, without creating a string.
enum UTF8Check {
    static func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        while index < bytes.count {
            while index + 8 <= bytes.count {
                let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                guard word & 0x8080_8080_8080_8080 == 0 else { break }
                index += 8
            }
            while index < bytes.count, bytes[index] < 0x80 { index += 1 }
            guard index < bytes.count else { return true }
            guard let size = scalarSize(bytes, index) else { return false }
            index += size
        }
        return true
    }

    /// Returns the size of the non-ASCII scalar at an index; nil when it is not well-formed (Unicode, table 3-7).
    private static func scalarSize(_ bytes: UnsafeRawBufferPointer, _ index: Int) -> Int? {
        let first = bytes[index]
        let (size, second): (Int, ClosedRange<UInt8>)
        switch first {
        case 0xC2...0xDF: (size, second) = (2, 0x80...0xBF)
        case 0xE0: (size, second) = (3, 0xA0...0xBF)
        case 0xED: (size, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (size, second) = (3, 0x80...0xBF)
        case 0xF0: (size, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (size, second) = (4, 0x80...0xBF)
        case 0xF4: (size, second) = (4, 0x80...0x8F)
        default: return nil
        }
        guard index + size <= bytes.count, second.contains(bytes[index + 1]) else { return nil }
        for offset in 2..<max(size, 2) where bytes[index + offset] & 0xC0 != 0x80 { return nil }
        return size
    }
}
