// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials

/// The types with a form in CBOR, which do not encode and decode themselves.
enum CBORScalars {
    /// Returns whether a type is one of them: a constant if the type is known.
    @inline(__always)
    static func contains<Value>(_ type: Value.Type) -> Bool {
        Value.self == String.self || Value.self == Int.self || Value.self == Bool.self || Value.self == Double.self
            || Value.self == Date.self || Value.self == Data.self || Value.self == [UInt8].self
            || Value.self == URL.self || Value.self == Decimal.self || isRareNumber(type)
    }

    @inline(__always)
    private static func isRareNumber<Value>(_ type: Value.Type) -> Bool {
        Value.self == Float.self || Value.self == Int64.self || Value.self == UInt64.self || Value.self == Int32.self
            || Value.self == UInt32.self || Value.self == UInt.self || Value.self == UInt8.self
            || Value.self == Int8.self || Value.self == Int16.self || Value.self == UInt16.self
            || Value.self == Int128.self || Value.self == UInt128.self
    }
}
