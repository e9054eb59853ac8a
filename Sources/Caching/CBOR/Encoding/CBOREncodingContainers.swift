// SPDX-License-Identifier: Apache-2.0

/// A keyed container: a map.
///
/// One generic function implements all requirements; for a scalar, the compiler removes the rest of it.
struct CBORKeyedEncodingContainer<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let encoder: CBOREncoder
    var codingPath: [any CodingKey] { encoder.codingPath }

    func encodeNil(forKey key: Key) throws { try encoder.writeNull(for: key) }

    @inline(__always)
    func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws { try encoder.write(value, for: key) }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type,
        forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        encoder.part(for: key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        encoder.part(for: key).unkeyedContainer()
    }

    func superEncoder() -> any Encoder { encoder.part(for: CBORKey("super")) }

    func superEncoder(forKey key: Key) -> any Encoder { encoder.part(for: key) }
}

/// An unkeyed container: an array.
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

/// A container of a single value.
struct CBORSingleValueEncodingContainer: SingleValueEncodingContainer {
    let encoder: CBOREncoder
    var codingPath: [any CodingKey] { encoder.codingPath }

    func encodeNil() throws { try encoder.writeWholeNull() }

    @inline(__always)
    func encode<Value: Encodable>(_ value: Value) throws { try encoder.writeWhole(value) }
}
