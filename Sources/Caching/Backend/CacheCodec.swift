// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials

/// A codec that turns values into bytes and back, for backends that store bytes.
///
/// ```swift
/// let codec = CacheCodec(encode: { (image: Image) in image.bytes }, decode: { Image(bytes: $0) })
/// let image = cached(ttl: .hours(1), key: { "images:\($0)" }, codec: codec) { (id: Int) in
///     Image(bytes: [UInt8(id)])
/// }
/// ```
///
/// `Codable` values need no codec: they are written as JSON. Pass ``cbor`` where JSON is too slow or too large, and a
/// codec of your own where a type is not `Codable`.
public struct CacheCodec<Value>: Sendable {
    /// The closures behind one reference, because each cached value has its codec.
    private final class Functions: Sendable {
        let id: UInt8
        /// The tag of the given name; nil takes that of the type.
        let tag: UInt64?
        let encode: @Sendable (Value) throws -> [UInt8]
        let decode: @Sendable ([UInt8]) throws -> Value
        /// Makes the codec of another format that a cache may prefer.
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

    /// Returns the codec of a format: this codec or its alternative; nil when neither has that format.
    package func form(_ id: UInt8) -> CacheCodec? {
        if id == functions.id { return self }
        guard let alternative = functions.alternative?(), alternative.id == id else { return nil }
        return alternative
    }

    /// Creates a codec that also reads and writes the format of another codec.
    private init(_ first: CacheCodec, alternative: @escaping @Sendable () -> CacheCodec) {
        functions = Functions(
            first.id,
            tag: first.functions.tag,
            encode: first.encode,
            decode: first.decode,
            alternative: alternative
        )
    }

    /// The number of the format: 1 is JSON, 2 is CBOR, 0 is not specified.
    ///
    /// It is stored with each value. A codec does not read the bytes of one with another number, unless one of the two
    /// numbers is zero.
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
    ///     Swift, with its module. An entry of a type with another name is a miss.
    ///   - id: A number for the format of the bytes: 128 to 255 are yours, 1 is JSON, 2 is CBOR, 3 to 127 are
    ///     reserved, and 0 is not specified.
    ///   - encode: Turns a value into bytes.
    ///   - decode: Turns bytes into a value; its error makes the entry a miss, never an error for the caller.
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
    /// An optional in an optional is an array of at most one element, so that the inner nil differs from the outer one:
    /// `Int??.some(nil)` is `[null]`, 5 is `[5]`, and nil is `null`.
    public static var json: CacheCodec { json(named: nil) }

    /// JSON as ``json`` writes it, with a name for the type.
    ///
    /// - Parameter type: A name for the type, the same in every program that shares the entries.
    /// - Returns: The codec.
    public static func json(type: String) -> CacheCodec { json(named: type) }

    /// The codec where none was given, which writes JSON, or CBOR where the cache prefers it, and reads both.
    package static var standard: CacheCodec { CacheCodec(.json, alternative: { .cbor }) }

    private static func json(named type: String?) -> CacheCodec {
        // Determined once, not for each value.
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
