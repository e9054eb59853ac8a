// SPDX-License-Identifier: Apache-2.0

/// An encoder of any `Encodable` value into its canonical form.
struct CanonicalEncoder: Encoder {
    let node: CanonicalNode
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    /// The largest depth of a value; a graph with a cycle is refused instead of overflowing the stack.
    static let maximumDepth = 64

    /// Returns the canonical form of a value.
    ///
    /// - Throws: The error of `encode(to:)` of the value, or `EncodingError` when it is nested too deep.
    static func form<Value: Encodable>(of value: Value, at path: [any CodingKey] = []) throws -> CanonicalForm {
        // A cast would unwrap an optional, but an optional of an optional has a form of its own.
        if !(Value.self is any AnyOptional.Type), let scalar = scalar(value) { return scalar }
        if let unordered = value as? any CanonicallyEncodable { return try unordered.canonicalForm(at: path) }
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

    /// Returns the form of a value that needs no encoder.
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
        node.begin(.map)
        return KeyedEncodingContainer(CanonicalKeyedContainer<Key>(node: node, codingPath: codingPath))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        node.begin(.array)
        return CanonicalUnkeyedContainer(node: node, codingPath: codingPath)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer {
        CanonicalSingleContainer(node: node, codingPath: codingPath)
    }
}

/// The values that an encoder has collected so far.
///
/// A node does not escape the call that encodes.
final class CanonicalNode {
    /// The kind of container that the value has requested so far.
    enum Shape {
        case undecided
        case map
        case array
        /// An encoded value.
        case done(CanonicalForm)
    }

    private var shape: Shape
    private var children: [(key: CanonicalForm, node: CanonicalNode)] = []

    init(_ form: CanonicalForm? = nil) { shape = form.map(Shape.done) ?? .undecided }

    /// Makes this node a container; a second request for the same container continues the first.
    func begin(_ container: Shape) {
        if case .undecided = shape { shape = container }
    }

    func set(_ form: CanonicalForm) { shape = .done(form) }

    func append(_ node: CanonicalNode, for key: CanonicalForm = .null) { children.append((key, node)) }

    var count: Int { children.count }

    var form: CanonicalForm {
        switch shape {
        // A value that encodes nothing is an empty map.
        case .undecided, .map: .map(children.map { ($0.key, $0.node.form) })
        case .array: .array(children.map(\.node.form))
        case .done(let form): form
        }
    }
}
