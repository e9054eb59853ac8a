// SPDX-License-Identifier: Apache-2.0

/// A value in the canonical form that keys are derived from.
///
/// The bytes of a form begin with its kind and determine their own end, so different forms, and different sequences of
/// forms, have different bytes. `Documentation/Keys.md` describes them for other languages.
indirect enum CanonicalForm {
    case null
    case some(CanonicalForm)
    case boolean(Bool)
    case integer(String)
    case number(Double)
    case text(String)
    case array([CanonicalForm])
    case set([CanonicalForm])
    case map([(key: CanonicalForm, value: CanonicalForm)])

    /// Appends the bytes of this form.
    func write(to bytes: inout [UInt8]) {
        switch self {
        case .null:
            bytes += "n".utf8
        case .some(let wrapped):
            bytes += "o".utf8
            wrapped.write(to: &bytes)
        case .boolean(let value):
            bytes += (value ? "t" : "f").utf8
        case .integer(let digits):
            bytes += "i\(digits);".utf8
        case .number(let value):
            bytes += "d".utf8
            Self.write(value, to: &bytes)
        case .text(let value):
            bytes += "s\(value.utf8.count):".utf8
            bytes += value.utf8
        case .array(let elements):
            bytes += "a\(elements.count):".utf8
            for element in elements { element.write(to: &bytes) }
        case .set(let elements):
            bytes += "u\(elements.count):".utf8
            bytes += elements.map(\.bytes).sorted(by: Self.precedes).joined()
        case .map(let pairs):
            bytes += "m\(pairs.count):".utf8
            bytes += pairs.map { $0.key.bytes + $0.value.bytes }.sorted(by: Self.precedes).joined()
        }
    }

    /// The bytes of this form.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        write(to: &bytes)
        return bytes
    }

    /// Appends sixteen hexadecimal digits of the IEEE 754 bits; all zeros have the same digits, and so have all NaNs.
    private static func write(_ value: Double, to bytes: inout [UInt8]) {
        let bits = value == 0 ? 0 : value.isNaN ? 0x7FF8_0000_0000_0000 : value.bitPattern
        let digits = String(bits, radix: 16)
        bytes += repeatElement(UInt8(ascii: "0"), count: 16 - digits.utf8.count)
        bytes += digits.utf8
    }

    private static func precedes(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.lexicographicallyPrecedes(right)
    }
}
