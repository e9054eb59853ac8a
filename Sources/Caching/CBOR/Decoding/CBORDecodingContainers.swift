// SPDX-License-Identifier: Apache-2.0

/// A keyed container: a map.
///
/// One generic function implements all requirements; for a scalar, the compiler removes the rest of it.
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

    /// Returns a decoder of a superclass, which is null when it is absent, as in JSON.
    private func superDecoder(at key: some CodingKey) -> any Decoder {
        decoder.child(at: decoder.place(of: key) ?? decoder.input.null, .key(key))
    }
}

/// An unkeyed container: an array.
struct CBORUnkeyedDecodingContainer: UnkeyedDecodingContainer {
    // Numbers of 32 bits, so that an existential stores the struct inline; inputs are smaller than 4 GiB.
    private let decoder: CBORDecoder
    private var offset: UInt32
    private let elements: UInt32
    private var index: UInt32 = 0

    init(_ decoder: CBORDecoder, offset: Int, count: Int) {
        self.decoder = decoder
        self.offset = UInt32(truncatingIfNeeded: offset)
        elements = UInt32(truncatingIfNeeded: count)
    }

    var codingPath: [any CodingKey] { decoder.codingPath }
    var count: Int? { Int(elements) }
    var currentIndex: Int { Int(index) }
    var isAtEnd: Bool { index == elements }

    private func checkEnd(_ type: Any.Type) throws {
        guard isAtEnd else { return }
        let path = decoder.codingPath + [CBORKey(currentIndex)]
        throw DecodingError.valueNotFound(type, .init(codingPath: path, debugDescription: "the array is at its end"))
    }

    private mutating func advance() {
        offset = UInt32(truncatingIfNeeded: decoder.input.end(of: Int(offset)))
        index += 1
    }

    mutating func decodeNil() throws -> Bool {
        try checkEnd(Never?.self)
        guard decoder.input.isNull(at: Int(offset)) else { return false }
        advance()
        return true
    }

    @inline(__always)
    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try checkEnd(type)
        let value = try decoder.read(type, at: Int(offset), .index(currentIndex))
        advance()
        return value
    }

    @inline(__always)
    mutating func decodeIfPresent<Value: Decodable>(_ type: Value.Type) throws -> Value? {
        guard !isAtEnd else { return nil }
        return try decodeNil() ? nil : decode(type)
    }

    private func child() throws -> CBORDecoder {
        try checkEnd(Any.self)
        return decoder.child(at: Int(offset), .index(currentIndex))
    }

    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type
    ) throws -> KeyedDecodingContainer<Nested> {
        let container = try child().container(keyedBy: type)
        advance()
        return container
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        let container = try child().unkeyedContainer()
        advance()
        return container
    }

    mutating func superDecoder() throws -> any Decoder {
        let decoder = try child()
        advance()
        return decoder
    }
}

/// A container of a single value.
struct CBORSingleValueDecodingContainer: SingleValueDecodingContainer {
    let decoder: CBORDecoder
    var codingPath: [any CodingKey] { decoder.codingPath }

    func decodeNil() -> Bool { decoder.input.isNull(at: decoder.offset) }

    @inline(__always)
    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try decoder.readWhole(type) }
}
