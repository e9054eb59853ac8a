// SPDX-License-Identifier: Apache-2.0

/// An array.
struct CBORUnkeyedEncodingContainer: UnkeyedEncodingContainer {
    let encoder: CBOREncoder
    var codingPath: [any CodingKey] { encoder.codingPath }
    var count: Int { encoder.count }

    func encodeNil() throws { try encoder.appendNull() }

    @inline(__always)
    func encode<Value: Encodable>(_ value: Value) throws { try encoder.append(value) }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
        encoder.appendPart().container(keyedBy: type)
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { encoder.appendPart().unkeyedContainer() }

    func superEncoder() -> any Encoder { encoder.appendPart() }
}
