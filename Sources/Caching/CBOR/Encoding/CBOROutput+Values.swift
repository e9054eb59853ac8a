// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials

extension CBOROutput {
    /// Writes a value of one of the types of `CBORScalars`.
    ///
    /// The casts are between a type and itself. If the type is known, the compiler keeps only its line. The function is not
    /// inlined, because its frame is large if the type is not known, and nested values would add it up.
    @inline(never)
    func write<Value>(scalar value: Value, at path: () -> [any CodingKey]) throws {
        @inline(__always)
        func same<Other>(_ type: Other.Type) -> Other { unsafeBitCast(value, to: type) }
        if Value.self == String.self { return write(same(String.self)) }
        if Value.self == Int.self { return write(Int64(same(Int.self))) }
        if Value.self == Bool.self { return write(same(Bool.self)) }
        if Value.self == Double.self { return write(same(Double.self)) }
        if Value.self == Float.self { return write(same(Float.self)) }
        if Value.self == Int64.self { return write(same(Int64.self)) }
        if Value.self == UInt64.self { return write(.unsigned, same(UInt64.self)) }
        if Value.self == Int32.self { return write(Int64(same(Int32.self))) }
        if Value.self == UInt32.self { return write(.unsigned, UInt64(same(UInt32.self))) }
        if Value.self == UInt.self { return write(.unsigned, UInt64(same(UInt.self))) }
        if Value.self == UInt8.self { return write(.unsigned, UInt64(same(UInt8.self))) }
        if Value.self == Int8.self { return write(Int64(same(Int8.self))) }
        if Value.self == Int16.self { return write(Int64(same(Int16.self))) }
        if Value.self == UInt16.self { return write(.unsigned, UInt64(same(UInt16.self))) }
        if Value.self == Int128.self { return try write(same(Int128.self), at: path) }
        if Value.self == UInt128.self { return try write(Int128(clamping: same(UInt128.self)), at: path) }
        if Value.self == Date.self { return write(same(Date.self)) }
        if Value.self == Data.self { return same(Data.self).withUnsafeBytes { write(bytes: $0) } }
        if Value.self == [UInt8].self { return same([UInt8].self).withUnsafeBytes { write(bytes: $0) } }
        if Value.self == URL.self { return write(same(URL.self).absoluteString) }
        if Value.self == Decimal.self { return write(same(Decimal.self)) }
    }

    /// Writes an integer of at most 64 bits and a sign.
    private func write(_ value: Int128, at path: () -> [any CodingKey]) throws {
        guard let magnitude = UInt64(exactly: value < 0 ? ~value : value) else {
            // The type stands for the value, which an error must not print.
            let reason = "the integer has more than 64 bits"
            throw EncodingError.invalidValue(Int128.self, .init(codingPath: path(), debugDescription: reason))
        }
        write(value < 0 ? .negative : .unsigned, magnitude)
    }
}
