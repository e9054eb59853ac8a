// SPDX-License-Identifier: Apache-2.0

/// The eight kinds of CBOR items, RFC 8949 section 3.1.
enum CBORMajor: UInt8 {
    case unsigned, negative, bytes, text, array, map, tag, simple
}

/// Bounds on what is written and read.
package enum CBORLimits {
    /// The most arrays and maps in each other that are read; tags do not count.
    package static let depth = 128
    /// Dates and decimals bring an array or map of their own, so values may be nested one level less.
    static let writtenDepth = depth - 1
    /// The most calls of `encode(to:)` or `init(from:)` in each other: optionals and raw values add calls and no level.
    static let calls = 2 * depth
}

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
