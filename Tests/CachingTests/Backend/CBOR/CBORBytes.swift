// SPDX-License-Identifier: Apache-2.0

import Caching

/// Bytes as hexadecimal text and back.
enum Hex {
    static func text(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { String(UInt16($0) + 0x100, radix: 16).dropFirst() }.joined()
    }

    static func bytes(_ text: String) -> [UInt8] {
        let digits = text.filter { $0 != " " }.compactMap(\.hexDigitValue)
        return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}

/// The bytes of the codec as hexadecimal text.
func cborHex<Value: Codable & Sendable>(_ value: Value) throws -> String {
    Hex.text(try CacheCodec<Value>.cbor.encode(value))
}

func cborValue<Value: Codable & Sendable>(_ type: Value.Type = Value.self, _ hex: String) throws -> Value {
    try CacheCodec<Value>.cbor.decode(Hex.bytes(hex))
}

/// Whether a value survives, and is written alike the second time.
func survivesCBOR<Value: Codable & Sendable & Equatable>(_ value: Value) throws -> Bool {
    let codec = CacheCodec<Value>.cbor
    let bytes = try codec.encode(value)
    let read = try codec.decode(bytes)
    return try read == value && codec.encode(read) == bytes
}
