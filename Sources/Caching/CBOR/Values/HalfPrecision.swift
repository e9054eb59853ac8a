// SPDX-License-Identifier: Apache-2.0

/// Conversions of floating-point numbers of 16 bits; `Float16` does not exist on all platforms.
package enum HalfPrecision {
    package static let notANumber: UInt16 = 0x7E00

    /// Returns the bits of the half that equals a number, or nil when there is none.
    package static func bits(of value: Float) -> UInt16? {
        let bits = value.bitPattern
        let sign = UInt16(truncatingIfNeeded: bits >> 16) & 0x8000
        let exponent = Int((bits >> 23) & 0xFF) - 127
        let fraction = bits & 0x7F_FFFF
        switch exponent {
        case 128: return fraction == 0 ? sign | 0x7C00 : notANumber
        case -14...15:
            guard fraction & 0x1FFF == 0 else { return nil }
            return sign | UInt16(exponent + 15) << 10 | UInt16(fraction >> 13)
        case -24 ..< -14:
            // A subnormal half is a multiple of 2^-24, and the leading one becomes explicit.
            let whole = fraction | 0x80_0000
            let shift = -1 - exponent
            guard whole & ((1 << UInt32(shift)) - 1) == 0 else { return nil }
            return sign | UInt16(whole >> UInt32(shift))
        default: return value == 0 ? sign : nil
        }
    }

    /// Returns the number of a half.
    package static func value(of bits: UInt16) -> Double {
        let exponent = Int(bits >> 10) & 31
        let fraction = Double(bits & 0x3FF)
        let magnitude =
            switch exponent {
            case 0: fraction * 0x1p-24
            case 31: fraction == 0 ? Double.infinity : .nan
            default: Double(sign: .plus, exponent: exponent - 15, significand: 1 + fraction * 0x1p-10)
            }
        return bits & 0x8000 == 0 ? magnitude : -magnitude
    }
}
