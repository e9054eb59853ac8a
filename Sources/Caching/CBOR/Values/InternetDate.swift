// SPDX-License-Identifier: Apache-2.0

/// Dates in the format of RFC 3339, such as `2013-03-21T20:04:00.5+01:00`.
enum InternetDate {
    /// Returns the seconds since 2001, or nil when the text is not a date.
    static func seconds(_ text: String) -> Double? {
        var rest = Array(text.utf8)[...]
        guard let year = number(4, &rest), skip("-", &rest), let month = number(2, &rest), skip("-", &rest),
            let day = number(2, &rest), skip("Tt", &rest), let hour = number(2, &rest), skip(":", &rest),
            let minute = number(2, &rest), skip(":", &rest), let second = number(2, &rest),
            (1...12).contains(month), (1...length(of: month, year)).contains(day), hour < 24, minute < 60, second <= 60,
            let nanoseconds = fraction(&rest), let offset = zone(&rest), rest.isEmpty
        else { return nil }
        let whole = days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset
        return CBORDate.seconds(Int64(whole), nanoseconds: Int64(nanoseconds))
    }

    private static func skip(_ accepted: StaticString, _ rest: inout ArraySlice<UInt8>) -> Bool {
        let isThere = rest.first.map { first in accepted.withUTF8Buffer { $0.contains(first) } } ?? false
        if isThere { rest.removeFirst() }
        return isThere
    }

    private static func digit(_ byte: UInt8) -> Int? { (0x30...0x39).contains(byte) ? Int(byte) - 0x30 : nil }

    private static func number(_ digits: Int, _ rest: inout ArraySlice<UInt8>) -> Int? {
        guard rest.count >= digits else { return nil }
        var number = 0
        for _ in 0..<digits {
            guard let digit = digit(rest.removeFirst()) else { return nil }
            number = number * 10 + digit
        }
        return number
    }

    /// Reads an optional fraction in nanoseconds; further digits are ignored.
    private static func fraction(_ rest: inout ArraySlice<UInt8>) -> Int? {
        guard skip(".", &rest) else { return 0 }
        var (nanoseconds, scale, digits) = (0, 100_000_000, 0)
        while let first = rest.first, let digit = digit(first) {
            rest.removeFirst()
            nanoseconds += digit * scale
            scale /= 10
            digits += 1
        }
        return digits > 0 ? nanoseconds : nil
    }

    /// Reads the offset from UTC in seconds.
    private static func zone(_ rest: inout ArraySlice<UInt8>) -> Int? {
        if skip("Zz", &rest) { return 0 }
        let isWest = rest.first == UInt8(ascii: "-")
        guard skip("+-", &rest), let hours = number(2, &rest), skip(":", &rest), let minutes = number(2, &rest),
            hours < 24, minutes < 60
        else { return nil }
        return (isWest ? -1 : 1) * (hours * 3600 + minutes * 60)
    }

    private static func length(of month: Int, _ year: Int) -> Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        default: 31
        }
    }

    /// Returns the days from 1970 to a day of the Gregorian calendar.
    ///
    /// Years begin in March in the calculation, so that the leap day is their last day.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shifted = month > 2 ? year + 400 : year + 399
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let days = shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear
        // 719,468 days from March of the year 0 to 1970, and 146,097 in the 400 years that were added.
        return days - 719_468 - 146_097
    }
}
