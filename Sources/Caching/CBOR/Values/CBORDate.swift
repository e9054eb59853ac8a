// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials

/// The forms of a date in CBOR.
///
/// A `Date` counts seconds since 2001 and a date in CBOR seconds since 1970, which need one bit more: half of the current
/// dates are not exact as a double since 1970. The first of these forms that restores an equal date is written:
///
/// 1. tag 1 and an integer,
/// 2. tag 1 and a float,
/// 3. tag 1001 (RFC 9581) and a map of whole seconds since 1970, under 1, and nanoseconds, under -9,
/// 4. the same map and the double since 2001, under "2001", which other readers ignore.
enum CBORDate {
    static let epoch = 978_307_200
    static let nanosecondsKey: Int64 = -9
    static let exactKey = "2001"

    /// Returns the seconds since 2001 for whole seconds since 1970 and nanoseconds.
    static func seconds(_ since1970: Int64, nanoseconds: Int64) -> Double {
        let (whole, isFar) = since1970.subtractingReportingOverflow(Int64(epoch))
        guard nanoseconds != 0, !isFar, whole.magnitude < 1 << 32 else {
            return isFar ? Double(since1970) - Double(epoch) : Double(whole) + Double(nanoseconds) / 1e9
        }
        // One rounding if the number of nanoseconds is exact; otherwise a second rounding that does not matter.
        let total = whole * 1_000_000_000 + nanoseconds
        return Double(exactly: total).map { $0 / 1e9 } ?? Double(whole) + Double(nanoseconds) / 1e9
    }
}

extension CBOROutput {
    func write(_ date: Date) {
        let seconds = date.timeIntervalSinceReferenceDate
        let since1970 = seconds + Double(CBORDate.epoch)
        if let whole = Int64(exactly: seconds), whole.magnitude < 1 << 53 {
            write(.tag, CBORTag.epochDate)
            return write(whole + Int64(CBORDate.epoch))
        }
        if since1970 - Double(CBORDate.epoch) == seconds || !since1970.isFinite {
            write(.tag, CBORTag.epochDate)
            return write(since1970)
        }
        // Larger dates are whole: their fraction has fewer bits than the 53 of a double since 1970.
        let whole = Int64(seconds.rounded(.down))
        let nanoseconds = Int64(((seconds - Double(whole)) * 1e9).rounded())
        let carry = nanoseconds / 1_000_000_000
        let base = whole + Int64(CBORDate.epoch) + carry
        let rest = nanoseconds - carry * 1_000_000_000
        let isExact = CBORDate.seconds(base, nanoseconds: rest) == seconds
        write(.tag, CBORTag.extendedTime)
        write(.map, isExact ? 2 : 3)
        write(Int64(1))
        write(base)
        write(CBORDate.nanosecondsKey)
        write(rest)
        guard !isExact else { return }
        write(CBORDate.exactKey)
        write(seconds)
    }
}
