// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials

extension CBORInput {
    /// Returns a value of one of the types of `CBORScalars`, or throws the mismatch.
    ///
    /// The casts are between a type and itself. If the type is known, the compiler keeps only its line. The function is not
    /// inlined, because its frame is large if the type is not known, and nested values would add it up.
    @inline(never)
    func scalar<Value>(_ type: Value.Type, at offset: Int, mismatch: () -> DecodingError) throws -> Value {
        @inline(__always)
        func same<Other>(_ value: Other?) throws -> Value {
            guard let value else { throw mismatch() }
            return unsafeBitCast(value, to: Value.self)
        }
        if Value.self == String.self { return try same(text(at: offset)) }
        if Value.self == Int.self { return try same(integer(Int.self, at: offset)) }
        if Value.self == Bool.self { return try same(boolean(at: offset)) }
        if Value.self == Double.self { return try same(double(at: offset)) }
        if Value.self == Float.self { return try same(single(at: offset)) }
        if Value.self == Int64.self { return try same(integer(Int64.self, at: offset)) }
        if Value.self == UInt64.self { return try same(integer(UInt64.self, at: offset)) }
        if Value.self == Int32.self { return try same(integer(Int32.self, at: offset)) }
        if Value.self == UInt32.self { return try same(integer(UInt32.self, at: offset)) }
        if Value.self == UInt.self { return try same(integer(UInt.self, at: offset)) }
        if Value.self == UInt8.self { return try same(integer(UInt8.self, at: offset)) }
        if Value.self == Int8.self { return try same(integer(Int8.self, at: offset)) }
        if Value.self == Int16.self { return try same(integer(Int16.self, at: offset)) }
        if Value.self == UInt16.self { return try same(integer(UInt16.self, at: offset)) }
        if Value.self == Int128.self { return try same(integer(Int128.self, at: offset)) }
        if Value.self == UInt128.self { return try same(integer(UInt128.self, at: offset)) }
        if Value.self == Date.self { return try same(date(at: offset)) }
        if Value.self == Data.self { return try same(byteArray(at: offset).map { Data($0) }) }
        if Value.self == [UInt8].self { return try same(byteArray(at: offset)) }
        if Value.self == URL.self { return try same(text(at: offset).flatMap { URL(string: $0) }) }
        if Value.self == Decimal.self { return try same(decimal(at: offset)) }
        throw mismatch()
    }
}
