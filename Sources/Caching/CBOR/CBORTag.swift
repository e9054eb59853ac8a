// SPDX-License-Identifier: Apache-2.0

/// Tags that this library writes or understands; all others are skipped.
enum CBORTag {
    static let dateText: UInt64 = 0
    static let epochDate: UInt64 = 1
    static let positiveBignum: UInt64 = 2
    static let negativeBignum: UInt64 = 3
    static let decimalFraction: UInt64 = 4
    /// RFC 9581.
    static let extendedTime: UInt64 = 1001
}
