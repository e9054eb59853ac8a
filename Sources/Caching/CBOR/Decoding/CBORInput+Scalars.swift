// SPDX-License-Identifier: Apache-2.0

/// Scalars at an offset; nil for an item of another kind or a number that does not fit.
extension CBORInput {
    @inline(__always)
    func text(at offset: Int) -> String? {
        let head = content(at: offset)
        guard head.major == .text else { return nil }
        // The scanner has checked that it is UTF-8.
        return slice(head).withMemoryRebound(to: UInt8.self) { String(decoding: $0, as: UTF8.self) }
    }

    /// Returns the bytes of a string, after its head.
    @inline(__always)
    func slice(_ head: CBORHead) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[head.end..<head.end + Int(head.argument)])
    }

    @inline(__always)
    func boolean(at offset: Int) -> Bool? {
        let head = content(at: offset)
        guard head.major == .simple, head.info == 20 || head.info == 21 else { return nil }
        return head.info == 21
    }

    @inline(__always)
    func integer<Number: FixedWidthInteger>(_ type: Number.Type, at offset: Int) -> Number? {
        let head = head(at: offset)
        switch head.major {
        case .unsigned: return Number(exactly: head.argument)
        // -1 - n is ~n in two's complement.
        case .negative where head.argument <= UInt64(Int64.max):
            return Number(exactly: ~Int64(truncatingIfNeeded: head.argument))
        default: return rareInteger(offset).flatMap { Number(exactly: $0) }
        }
    }

    /// Returns an integer in a form of other programs: large, tagged, as a bignum, or as a whole float.
    private func rareInteger(_ offset: Int) -> Int128? {
        var head = head(at: offset)
        while head.major == .tag {
            let inner = self.head(at: head.end)
            if head.argument == CBORTag.positiveBignum || head.argument == CBORTag.negativeBignum {
                let isNegative = head.argument == CBORTag.negativeBignum
                return bignum(inner).flatMap { Int128(exactly: $0) }.map { isNegative ? ~$0 : $0 }
            }
            head = inner
        }
        switch head.major {
        case .unsigned: return Int128(head.argument)
        case .negative: return ~Int128(head.argument)
        default: return float(head).flatMap { Int128(exactly: $0) }
        }
    }

    /// Returns the number in a byte string.
    func bignum(_ head: CBORHead) -> UInt128? {
        guard head.major == .bytes else { return nil }
        let digits = slice(head).drop { $0 == 0 }
        guard digits.count <= 16 else { return nil }
        return digits.reduce(0) { $0 << 8 | UInt128($1) }
    }

    /// Returns a float, or the float nearest to an integer.
    @inline(__always)
    func double(at offset: Int) -> Double? {
        let head = content(at: offset)
        switch head.major {
        case .simple: return float(head)
        default: return rareInteger(offset).map { Double($0) }
        }
    }

    /// Returns the nearest single-precision float; nil for a number that is too large.
    func single(at offset: Int) -> Float? {
        guard let value = double(at: offset) else { return nil }
        let single = Float(value)
        return single.isFinite || !value.isFinite ? single : nil
    }

    @inline(__always)
    private func float(_ head: CBORHead) -> Double? {
        guard head.major == .simple else { return nil }
        return switch head.info {
        case 25: HalfPrecision.value(of: UInt16(truncatingIfNeeded: head.argument))
        case 26: Double(Float(bitPattern: UInt32(truncatingIfNeeded: head.argument)))
        case 27: Double(bitPattern: head.argument)
        default: nil
        }
    }

    /// Returns the bytes of a byte string, or of an array of numbers from 0 to 255.
    func byteArray(at offset: Int) -> [UInt8]? {
        let head = content(at: offset)
        if head.major == .bytes { return [UInt8](slice(head)) }
        guard head.major == .array else { return nil }
        var result: [UInt8] = []
        result.reserveCapacity(Int(head.argument))
        var offset = head.end
        for _ in 0..<Int(head.argument) {
            guard let byte = integer(UInt8.self, at: offset) else { return nil }
            result.append(byte)
            offset = end(of: offset)
        }
        return result
    }
}
