// SPDX-License-Identifier: Apache-2.0

/// A keyed container: a map, in which the order of encoding does not matter.
struct CanonicalKeyedContainer<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let node: CanonicalNode
    let codingPath: [any CodingKey]

    private func add(_ child: CanonicalNode, _ key: any CodingKey) {
        node.append(child, for: .text(key.stringValue))
    }

    func encodeNil(forKey key: Key) { add(CanonicalNode(.null), key) }

    func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
        add(CanonicalNode(try CanonicalEncoder.form(of: value, at: codingPath + [key])), key)
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type,
        forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        nested(key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { nested(key).unkeyedContainer() }

    func superEncoder() -> any Encoder { nested(CanonicalSuperKey()) }

    func superEncoder(forKey key: Key) -> any Encoder { nested(key) }

    private func nested(_ key: any CodingKey) -> CanonicalEncoder {
        let child = CanonicalNode()
        add(child, key)
        return CanonicalEncoder(node: child, codingPath: codingPath + [key])
    }
}

/// An unkeyed container: an array.
struct CanonicalUnkeyedContainer: UnkeyedEncodingContainer {
    let node: CanonicalNode
    let codingPath: [any CodingKey]
    var count: Int { node.count }

    func encodeNil() { node.append(CanonicalNode(.null)) }

    func encode<Value: Encodable>(_ value: Value) throws {
        node.append(CanonicalNode(try CanonicalEncoder.form(of: value, at: codingPath + [CanonicalIndexKey(count)])))
    }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
        nested().container(keyedBy: type)
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { nested().unkeyedContainer() }

    func superEncoder() -> any Encoder { nested() }

    private func nested() -> CanonicalEncoder {
        let child = CanonicalNode()
        node.append(child)
        return CanonicalEncoder(node: child, codingPath: codingPath + [CanonicalIndexKey(count)])
    }
}

/// A container of a single value.
struct CanonicalSingleContainer: SingleValueEncodingContainer {
    let node: CanonicalNode
    let codingPath: [any CodingKey]

    func encodeNil() { node.set(.null) }

    func encode<Value: Encodable>(_ value: Value) throws {
        // A level of its own, so that a value that encodes itself again reaches the depth limit.
        node.set(try CanonicalEncoder.form(of: value, at: codingPath + [CanonicalSuperKey()]))
    }
}

/// The key that `Codable` gives to a superclass.
struct CanonicalSuperKey: CodingKey {
    var stringValue: String { "super" }
    var intValue: Int? { nil }

    init() {}
    init?(stringValue: String) { return nil }
    init?(intValue: Int) { return nil }
}

/// The position in an array, as a coding key.
struct CanonicalIndexKey: CodingKey {
    let intValue: Int?
    var stringValue: String { "\(intValue ?? 0)" }

    init(_ index: Int) { intValue = index }
    init?(stringValue: String) { return nil }
    init?(intValue: Int) { self.intValue = intValue }
}
