// SPDX-License-Identifier: Apache-2.0

/// A single value.
struct CBORSingleValueDecodingContainer: SingleValueDecodingContainer {
    let decoder: CBORDecoder
    var codingPath: [any CodingKey] { decoder.codingPath }

    func decodeNil() -> Bool { decoder.input.isNull(at: decoder.offset) }

    @inline(__always)
    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try decoder.readWhole(type) }
}
