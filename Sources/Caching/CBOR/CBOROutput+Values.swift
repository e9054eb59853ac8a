// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials

extension CBOROutput {
    /// Writes a value that CBOR has a form for; false for one that writes itself.
    ///
    /// The casts are between a type and itself. Where the type is known, only its own line is left.
    @inline(__always)
    func writeScalar<Value>(_ value: Value, at path: () -> [any CodingKey]) throws -> Bool {
        @inline(__always)
        func same<Other>(_ type: Other.Type) -> Other { unsafeBitCast(value, to: type) }
        if Value.self == String.self { write(same(String.self)) } else if Value.self == Int.self {
            write(Int64(same(Int.self)))
        } else if Value.self == Bool.self { write(same(Bool.self)) } else if Value.self == Double.self {
            write(same(Double.self))
        } else if Value.self == Float.self { write(same(Float.self)) } else if Value.self == Int64.self {
            write(same(Int64.self))
        } else if Value.self == UInt64.self { write(.unsigned, same(UInt64.self)) } else if Value.self == Int32.self {
            write(Int64(same(Int32.self)))
        } else if Value.self == UInt32.self {
            write(.unsigned, UInt64(same(UInt32.self)))
        } else if Value.self == UInt.self { write(.unsigned, UInt64(same(UInt.self))) } else if Value.self == UInt8.self {
            write(.unsigned, UInt64(same(UInt8.self)))
        } else if Value.self == Int8.self { write(Int64(same(Int8.self))) } else if Value.self == Int16.self {
            write(Int64(same(Int16.self)))
        } else if Value.self == UInt16.self {
            write(.unsigned, UInt64(same(UInt16.self)))
        } else if Value.self == Int128.self { try write(same(Int128.self), at: path) } else if Value.self == UInt128.self {
            try write(Int128(clamping: same(UInt128.self)), at: path)
        } else if Value.self == Date.self { write(same(Date.self)) } else if Value.self == Data.self {
            same(Data.self).withUnsafeBytes { write(bytes: $0) }
        } else if Value.self == [UInt8].self {
            same([UInt8].self).withUnsafeBytes { write(bytes: $0) }
        } else if Value.self == URL.self { write(same(URL.self).absoluteString) } else if Value.self == Decimal.self {
            write(same(Decimal.self))
        } else { return false }
        return true
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
