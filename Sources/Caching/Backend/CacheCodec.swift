// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials

/// How values become bytes and bytes become values again, for backends that store bytes.
///
/// `Codable` values need none: they are written as JSON. Pass another codec where JSON is too slow, too large, or
/// where a type is not `Codable`.
public struct CacheCodec<Value>: Sendable {
    /// One reference instead of two closures, because each cached value carries its codec.
    private final class Functions: Sendable {
        let encode: @Sendable (Value) throws -> [UInt8]
        let decode: @Sendable ([UInt8]) throws -> Value

        init(
            encode: @escaping @Sendable (Value) throws -> [UInt8],
            decode: @escaping @Sendable ([UInt8]) throws -> Value
        ) {
            self.encode = encode
            self.decode = decode
        }
    }

    private let functions: Functions

    /// Turns a value into bytes.
    public var encode: @Sendable (Value) throws -> [UInt8] { functions.encode }

    /// Turns bytes into a value; an error makes the entry a miss.
    public var decode: @Sendable ([UInt8]) throws -> Value { functions.decode }

    /// Creates a codec.
    ///
    /// - Parameters:
    ///   - encode: Turns a value into bytes.
    ///   - decode: Turns bytes into a value; what it throws makes the entry a miss, never an error for the caller.
    public init(
        encode: @escaping @Sendable (Value) throws -> [UInt8],
        decode: @escaping @Sendable ([UInt8]) throws -> Value
    ) {
        functions = Functions(encode: encode, decode: decode)
    }
}

extension CacheCodec where Value: Codable & Sendable {
    /// JSON with sorted keys; infinities and NaN survive, dates keep their full precision.
    public static var json: CacheCodec {
        CacheCodec(
            encode: { value in
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
                encoder.nonConformingFloatEncodingStrategy = .convertToString(
                    positiveInfinity: "Infinity",
                    negativeInfinity: "-Infinity",
                    nan: "NaN"
                )
                return Array(try encoder.encode(value))
            },
            decode: { bytes in
                let decoder = JSONDecoder()
                decoder.nonConformingFloatDecodingStrategy = .convertFromString(
                    positiveInfinity: "Infinity",
                    negativeInfinity: "-Infinity",
                    nan: "NaN"
                )
                return try decoder.decode(Value.self, from: Data(bytes))
            }
        )
    }
}
