// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials

extension CBORInput {
    /// Returns a date in one of the forms of `CBORDate`, or in the text of tag 0.
    func date(at offset: Int) -> Date? {
        let tags: Set = [CBORTag.dateText, CBORTag.epochDate, CBORTag.extendedTime]
        guard let (tag, place) = content(at: offset, taggedAs: tags) else { return nil }
        let seconds =
            switch tag {
            case CBORTag.dateText: text(at: place).flatMap { InternetDate.seconds($0) }
            case CBORTag.epochDate: epochSeconds(at: place)
            default: extendedSeconds(at: place)
            }
        return seconds.map { Date(timeIntervalSinceReferenceDate: $0) }
    }

    private func epochSeconds(at offset: Int) -> Double? {
        let head = content(at: offset)
        switch head.major {
        case .unsigned, .negative:
            guard let whole = integer(Int64.self, at: offset) else { return nil }
            return CBORDate.seconds(whole, nanoseconds: 0)
        case .simple: return double(at: offset).map { $0 - Double(CBORDate.epoch) }
        default: return nil
        }
    }

    private func extendedSeconds(at offset: Int) -> Double? {
        let head = content(at: offset)
        guard head.major == .map else { return nil }
        var base: Int?
        var nanoseconds: Int64 = 0
        var place = head.end
        for _ in 0..<Int(head.argument) {
            let value = end(of: place)
            if let key = integer(Int64.self, at: place) {
                switch key {
                case 1: base = value
                case CBORDate.nanosecondsKey:
                    guard let number = integer(Int64.self, at: value), (0..<1_000_000_000).contains(number) else {
                        return nil
                    }
                    nanoseconds = number
                // A key that is not negative must be understood, RFC 9581 section 3.
                case 0...: return nil
                default: break
                }
            } else if text(at: place) == CBORDate.exactKey, let exact = double(at: value) {
                return exact
            }
            place = end(of: value)
        }
        guard let base else { return nil }
        if let whole = integer(Int64.self, at: base) { return CBORDate.seconds(whole, nanoseconds: nanoseconds) }
        return epochSeconds(at: base).map { $0 + Double(nanoseconds) / 1e9 }
    }

    /// Returns a decimal of tag 4, an integer, or the decimal that a float prints as.
    func decimal(at offset: Int) -> Decimal? {
        guard let (_, place) = content(at: offset, taggedAs: [CBORTag.decimalFraction]) else {
            if let (isNegative, magnitude) = whole(at: offset) {
                return CBORDecimal.value(exponent: 0, mantissa: magnitude, isNegative: isNegative)
            }
            return double(at: offset).flatMap { $0.isNaN ? .nan : Decimal(string: $0.description) }
        }
        let head = content(at: place)
        guard head.major == .array, head.argument == 2, let exponent = integer(Int.self, at: head.end),
            let (isNegative, magnitude) = whole(at: end(of: head.end))
        else { return nil }
        return CBORDecimal.value(exponent: exponent, mantissa: magnitude, isNegative: isNegative)
    }

    /// Returns an integer or a bignum of at most 128 bits.
    private func whole(at offset: Int) -> (isNegative: Bool, magnitude: UInt128)? {
        let bignums: Set = [CBORTag.positiveBignum, CBORTag.negativeBignum]
        if let (tag, place) = content(at: offset, taggedAs: bignums) {
            guard let number = bignum(content(at: place)) else { return nil }
            if tag == CBORTag.positiveBignum { return (false, number) }
            return number == .max ? nil : (true, number + 1)
        }
        let head = content(at: offset)
        switch head.major {
        case .unsigned: return (false, UInt128(head.argument))
        case .negative: return (true, UInt128(head.argument) + 1)
        default: return nil
        }
    }
}
