// SPDX-License-Identifier: Apache-2.0

extension CBOROutput {
    private enum Simple {
        static let no: UInt8 = 0xF4
        static let yes: UInt8 = 0xF5
        static let null: UInt8 = 0xF6
    }

    func writeNull() { write(byte: Simple.null) }

    @inline(__always)
    func write(_ value: Bool) { write(byte: value ? Simple.yes : Simple.no) }

    @inline(__always)
    func write(_ value: Int64) {
        // -1 - n is ~n in two's complement.
        write(value < 0 ? .negative : .unsigned, UInt64(bitPattern: value < 0 ? ~value : value))
    }

    @inline(__always)
    func write(_ text: String) {
        var text = text
        text.withUTF8 { utf8 in
            write(.text, UInt64(utf8.count))
            write(UnsafeRawBufferPointer(utf8))
        }
    }

    func write(bytes: UnsafeRawBufferPointer) {
        write(.bytes, UInt64(bytes.count))
        write(bytes)
    }

    /// Writes the shortest float that equals a number; all NaNs have the same bytes.
    func write(_ value: Double) {
        let single = Float(value)
        guard Double(single) == value || value.isNaN else {
            write(byte: 0xFB)
            return write(bigEndian: value.bitPattern)
        }
        write(single)
    }

    /// Writes the shortest float that equals a number; all NaNs have the same bytes.
    func write(_ value: Float) {
        if let half = HalfPrecision.bits(of: value) {
            write(byte: 0xF9)
            write(bigEndian: half)
        } else {
            write(byte: 0xFA)
            write(bigEndian: value.bitPattern)
        }
    }

    func write<Number: FixedWidthInteger>(bigEndian number: Number) {
        withUnsafeBytes(of: number.bigEndian) { write($0) }
    }
}
