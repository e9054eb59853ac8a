// SPDX-License-Identifier: Apache-2.0

/// Encodes any `Encodable` value into its canonical form.
struct CanonicalEncoder: Encoder {
    let node: CanonicalNode
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    /// Deeper than any sensible argument: a graph with a cycle ends here instead of overflowing the stack.
    static let maximumDepth = 64

    /// The canonical form of a value.
    ///
    /// - Throws: What the value's `encode(to:)` throws, or `EncodingError` when it is nested too deep.
    static func form<Value: Encodable>(of value: Value, at path: [any CodingKey] = []) throws -> CanonicalForm {
        if let scalar = scalar(value) { return scalar }
        if let unordered = value as? any CanonicalUnordered { return try unordered.canonicalForm(at: path) }
        guard path.count < maximumDepth else {
            throw EncodingError.invalidValue(
                value,
                .init(codingPath: path, debugDescription: "nested deeper than \(maximumDepth) levels")
            )
        }
        let encoder = CanonicalEncoder(node: CanonicalNode(), codingPath: path)
        try value.encode(to: encoder)
        return encoder.node.form
    }

    /// The form of what needs no encoder.
    static func scalar<Value>(_ value: Value) -> CanonicalForm? {
        switch value {
        case let value as String: .text(value)
        case let value as Int: .integer(String(value))
        case let value as Bool: .boolean(value)
        case let value as Double: .number(value)
        case let value as Float: .number(Double(value))
        case let value as any FixedWidthInteger: .integer(String(describing: value))
        default: nil
        }
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        node.begin(.map([]))
        return KeyedEncodingContainer(CanonicalKeyedContainer<Key>(node: node, codingPath: codingPath))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        node.begin(.array([]))
        return CanonicalUnkeyedContainer(node: node, codingPath: codingPath)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer {
        CanonicalSingleContainer(node: node, codingPath: codingPath)
    }
}

/// What one encoder has collected so far.
///
/// It never leaves the call that encodes.
final class CanonicalNode {
    private var own: CanonicalForm?
    private var children: [(key: CanonicalForm?, node: CanonicalNode)] = []

    init(_ form: CanonicalForm? = nil) { own = form }

    /// Makes this node a container; asking for the same container twice goes on with the first.
    func begin(_ form: CanonicalForm) {
        if own == nil { own = form }
    }

    func set(_ form: CanonicalForm) { own = form }

    func append(_ node: CanonicalNode, for key: CanonicalForm? = nil) { children.append((key, node)) }

    var count: Int { children.count }

    var form: CanonicalForm {
        switch own {
        case nil: .map([])
        case .map: .map(children.map { ($0.key ?? .null, $0.node.form) })
        case .array: .array(children.map(\.node.form))
        case .some(let form): form
        }
    }
}
