// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials

extension CBORInput {
    /// Reads a value that CBOR has a form for.
    ///
    /// The casts are between a type and itself. Where the type is known, only its own line is left.
    ///
    /// - Returns: Whether it is of such a type, and the value, if there is one at the offset.
    @inline(__always)
    func scalar<Value>(_ type: Value.Type, at offset: Int) -> (isScalar: Bool, value: Value?) {
        @inline(__always)
        func same<Other>(_ value: Other?) -> (Bool, Value?) { (true, value.map { unsafeBitCast($0, to: Value.self) }) }
        if Value.self == String.self { return same(text(at: offset)) }
        if Value.self == Int.self { return same(integer(Int.self, at: offset)) }
        if Value.self == Bool.self { return same(boolean(at: offset)) }
        if Value.self == Double.self { return same(double(at: offset)) }
        if Value.self == Float.self { return same(single(at: offset)) }
        if Value.self == Int64.self { return same(integer(Int64.self, at: offset)) }
        if Value.self == UInt64.self { return same(integer(UInt64.self, at: offset)) }
        if Value.self == Int32.self { return same(integer(Int32.self, at: offset)) }
        if Value.self == UInt32.self { return same(integer(UInt32.self, at: offset)) }
        if Value.self == UInt.self { return same(integer(UInt.self, at: offset)) }
        if Value.self == UInt8.self { return same(integer(UInt8.self, at: offset)) }
        if Value.self == Int8.self { return same(integer(Int8.self, at: offset)) }
        if Value.self == Int16.self { return same(integer(Int16.self, at: offset)) }
        if Value.self == UInt16.self { return same(integer(UInt16.self, at: offset)) }
        if Value.self == Int128.self { return same(integer(Int128.self, at: offset)) }
        if Value.self == UInt128.self { return same(integer(UInt128.self, at: offset)) }
        if Value.self == Date.self { return same(date(at: offset)) }
        if Value.self == Data.self { return same(byteArray(at: offset).map { Data($0) }) }
        if Value.self == [UInt8].self { return same(byteArray(at: offset)) }
        if Value.self == URL.self { return same(text(at: offset).flatMap { URL(string: $0) }) }
        if Value.self == Decimal.self { return same(decimal(at: offset)) }
        return (false, nil)
    }
}
