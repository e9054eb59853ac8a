// SPDX-License-Identifier: Apache-2.0

/// A map.
///
/// One generic function stands for all requirements: for a scalar the rest of it is compiled away.
struct CBORKeyedDecodingContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let decoder: CBORDecoder
    var codingPath: [any CodingKey] { decoder.codingPath }
    var allKeys: [Key] { decoder.keys(Key.self) }

    func contains(_ key: Key) -> Bool { decoder.place(of: key) != nil }

    func decodeNil(forKey key: Key) throws -> Bool {
        guard let place = decoder.place(of: key) else { throw decoder.missing(key) }
        return decoder.input.isNull(at: place)
    }

    @inline(__always)
    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        try decoder.read(type, for: key)
    }

    @inline(__always)
    func decodeIfPresent<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value? {
        guard let place = decoder.place(of: key), !decoder.input.isNull(at: place) else { return nil }
        return try decoder.read(type, at: place, .key(key))
    }

    private func child(_ key: Key) throws -> CBORDecoder {
        guard let place = decoder.place(of: key) else { throw decoder.missing(key) }
        return decoder.child(at: place, .key(key))
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type,
        forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
        try child(key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try child(key).unkeyedContainer()
    }

    func superDecoder() -> any Decoder { superDecoder(at: CBORKey("super")) }

    func superDecoder(forKey key: Key) -> any Decoder { superDecoder(at: key) }

    /// As JSON does: a superclass that is not there is null.
    private func superDecoder(at key: some CodingKey) -> any Decoder {
        decoder.child(at: decoder.place(of: key) ?? decoder.input.null, .key(key))
    }
}
