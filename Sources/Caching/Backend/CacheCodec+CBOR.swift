// SPDX-License-Identifier: Apache-2.0

extension CacheCodec where Value: Codable & Sendable {
    /// CBOR (RFC 8949) in its deterministic encoding: smaller than JSON, and written and read in a fraction of the time.
    ///
    /// It is for the same types as ``json``, and fields may be added and removed in the same way. Its codec number is 2, so
    /// neither codec reads the bytes of the other. An optional in an optional is an array of at most one element, as in JSON.
    ///
    /// `Date` keeps its full precision: it is tag 1 where a number of seconds since 1970 is exact, else tag 1001
    /// (RFC 9581). `Data` and `[UInt8]` are byte strings, and arrays of numbers are read as them too. `Decimal` is tag 4,
    /// `URL` a text. Keys of maps are texts. The bytes of other programs are read in any form that CBOR allows; a map with
    /// one key twice, and integers of more than 64 bits, are errors, and so is a value with more than 128 levels.
    /// An error never has a value in it.
    public static var cbor: CacheCodec { cbor(named: nil) }

    /// CBOR as ``cbor`` writes it, with a name for the type.
    ///
    /// - Parameter type: A name for the type, the same in every program that shares the entries.
    /// - Returns: The codec.
    public static func cbor(type: String) -> CacheCodec { cbor(named: type) }

    private static func cbor(named type: String?) -> CacheCodec {
        // Determined once, not for each value.
        let isNested = StoredForm<Value>.isNeeded
        return CacheCodec(
            type: type,
            id: 2,
            encode: { value in
                try isNested ? CBOREncoder.bytes(of: StoredForm(value: value)) : CBOREncoder.bytes(of: value)
            },
            decode: { bytes in
                try isNested
                    ? CBORDecoder.value(StoredForm<Value>.self, from: bytes).value
                    : CBORDecoder.value(Value.self, from: bytes)
            }
        )
    }
}
