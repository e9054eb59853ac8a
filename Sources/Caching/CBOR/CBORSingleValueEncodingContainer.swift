// SPDX-License-Identifier: Apache-2.0

/// A single value.
struct CBORSingleValueEncodingContainer: SingleValueEncodingContainer {
    let encoder: CBOREncoder
    var codingPath: [any CodingKey] { encoder.codingPath }

    func encodeNil() throws { try encoder.writeWholeNull() }

    @inline(__always)
    func encode<Value: Encodable>(_ value: Value) throws { try encoder.writeWhole(value) }
}
