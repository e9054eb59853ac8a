// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials

/// The form of decimals, tag 4: an array of the exponent and the mantissa.
enum CBORDecimal {
    static let exponents = -128...127

    /// Returns the mantissa of a decimal.
    static func mantissa(of value: Decimal) -> UInt128? { UInt128(value.significand.magnitude.description) }

    /// Returns a decimal, or nil when the exponent or the mantissa does not fit.
    static func value(exponent: Int, mantissa: UInt128, isNegative: Bool) -> Decimal? {
        guard exponents.contains(exponent) else { return nil }
        let high = Decimal(UInt64(truncatingIfNeeded: mantissa >> 64))
        let low = Decimal(UInt64(truncatingIfNeeded: mantissa))
        let whole = high * Decimal(UInt64(1) << 32) * Decimal(UInt64(1) << 32) + low
        guard !whole.isNaN else { return nil }
        let value = Decimal(sign: isNegative ? .minus : .plus, exponent: exponent, significand: whole)
        return value.isNaN ? nil : value
    }
}

extension CBOROutput {
    func write(_ value: Decimal) {
        guard !value.isNaN, var mantissa = CBORDecimal.mantissa(of: value) else { return write(Double.nan) }
        var exponent = mantissa == 0 ? 0 : value.exponent
        // Equal decimals have equal bytes.
        while mantissa != 0, exponent < CBORDecimal.exponents.upperBound, mantissa.isMultiple(of: 10) {
            mantissa /= 10
            exponent += 1
        }
        write(.tag, CBORTag.decimalFraction)
        write(.array, 2)
        write(Int64(exponent))
        write(mantissa, isNegative: value.isSignMinus && mantissa != 0)
    }

    /// Writes an integer; as a bignum if it has more than 64 bits.
    private func write(_ magnitude: UInt128, isNegative: Bool) {
        let argument = isNegative ? magnitude - 1 : magnitude
        if let small = UInt64(exactly: argument) { return write(isNegative ? .negative : .unsigned, small) }
        write(.tag, isNegative ? CBORTag.negativeBignum : CBORTag.positiveBignum)
        withUnsafeBytes(of: argument.bigEndian) { bytes in
            write(bytes: UnsafeRawBufferPointer(rebasing: bytes[(argument.leadingZeroBitCount / 8)...]))
        }
    }
}
