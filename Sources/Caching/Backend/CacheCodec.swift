// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials

/// A way to turn values into bytes and bytes into values, for backends that store bytes.
///
/// `Codable` values need none: they are written as JSON. Pass ``cbor`` where JSON is too slow or too large, and a codec
/// of your own where a type is not `Codable`.
public struct CacheCodec<Value>: Sendable {
    /// One reference instead of two closures, because each cached value carries its codec.
    private final class Functions: Sendable {
        let id: UInt8
        /// The tag of a name that was given; nil takes that of the type.
        let tag: UInt64?
        let encode: @Sendable (Value) throws -> [UInt8]
        let decode: @Sendable ([UInt8]) throws -> Value
        /// Another format that a cache may prefer; made when it is needed, which is seldom.
        let alternative: (@Sendable () -> CacheCodec)?

        init(
            _ id: UInt8,
            tag: UInt64?,
            encode: @escaping @Sendable (Value) throws -> [UInt8],
            decode: @escaping @Sendable ([UInt8]) throws -> Value,
            alternative: (@Sendable () -> CacheCodec)? = nil
        ) {
            self.id = id
            self.tag = tag
            self.encode = encode
            self.decode = decode
            self.alternative = alternative
        }
    }

    private let functions: Functions

    /// Returns the codec of a format: this one, or its alternative; nil when neither is of that format.
    package func form(_ id: UInt8) -> CacheCodec? {
        if id == functions.id { return self }
        guard let alternative = functions.alternative?(), alternative.id == id else { return nil }
        return alternative
    }

    /// Creates a codec that also reads and writes another one's format.
    private init(_ first: CacheCodec, alternative: @escaping @Sendable () -> CacheCodec) {
        functions = Functions(
            first.id,
            tag: first.functions.tag,
            encode: first.encode,
            decode: first.decode,
            alternative: alternative
        )
    }

    /// The format of the bytes: 1 is JSON, 2 is CBOR, 0 is one that does not say.
    ///
    /// It is stored with each value. A codec does not read what one with another number wrote, unless one of the two
    /// is zero.
    public var id: UInt8 { functions.id }

    /// The number that stands for the type in stored bytes.
    package var typeTag: UInt64 { functions.tag ?? TypeTag.of(Value.self) }

    /// Turns a value into bytes.
    public var encode: @Sendable (Value) throws -> [UInt8] { functions.encode }

    /// Turns bytes into a value; an error makes the entry a miss.
    public var decode: @Sendable ([UInt8]) throws -> Value { functions.decode }

    /// Creates a codec.
    ///
    /// - Parameters:
    ///   - type: A name for the type, the same in every program that shares the entries; nil takes the name it has in
    ///     Swift, with its module. What was stored as a type of another name is a miss.
    ///   - id: A number for the format of the bytes: 128 to 255 are yours, 1 is JSON, 2 is CBOR, 3 to 127 are
    ///     reserved, and 0 does not say.
    ///   - encode: Turns a value into bytes.
    ///   - decode: Turns bytes into a value; what it throws makes the entry a miss, never an error for the caller.
    public init(
        type: String? = nil,
        id: UInt8 = 0,
        encode: @escaping @Sendable (Value) throws -> [UInt8],
        decode: @escaping @Sendable ([UInt8]) throws -> Value
    ) {
        functions = Functions(id, tag: type.map(TypeTag.named), encode: encode, decode: decode)
    }
}

extension CacheCodec where Value: Codable & Sendable {
    /// JSON with sorted keys; infinities and NaN survive, dates keep their full precision.
    ///
    /// An optional in an optional is an array of at most one element, so that a nil inside is told from one outside:
    /// `Int??.some(nil)` is `[null]`, 5 is `[5]`, and nil is `null`.
    public static var json: CacheCodec { json(named: nil) }

    /// JSON as ``json`` writes it, with a name for the type.
    ///
    /// - Parameter type: A name for the type, the same in every program that shares the entries.
    /// - Returns: The codec.
    public static func json(type: String) -> CacheCodec { json(named: type) }

    /// The codec of those that chose none: JSON, and CBOR where the cache prefers it.
    ///
    /// It reads both.
    package static var standard: CacheCodec { CacheCodec(.json, alternative: { .cbor }) }

    private static func json(named type: String?) -> CacheCodec {
        // It is asked once, not for each value.
        let isNested = StoredForm<Value>.isNeeded
        return CacheCodec(
            type: type,
            id: 1,
            encode: { value in
                let data =
                    try isNested
                    ? JSONCoders.encoder.encode(StoredForm(value: value)) : JSONCoders.encoder.encode(value)
                return [UInt8](data)
            },
            decode: { bytes in
                let data = Data(bytes)
                return try isNested
                    ? JSONCoders.decoder.decode(StoredForm<Value>.self, from: data).value
                    : JSONCoders.decoder.decode(Value.self, from: data)
            }
        )
    }
}
