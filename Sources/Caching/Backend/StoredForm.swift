// SPDX-License-Identifier: Apache-2.0

/// The form of a value in JSON and CBOR, which differs from its own encoding for an optional in an optional.
///
/// `Codable` encodes the inner and the outer nil alike. Here an optional around an optional is null or an array of one
/// element.
struct StoredForm<Value: Codable>: Codable {
    let value: Value

    /// Whether the form differs from the encoding of the value itself.
    static var isNeeded: Bool { Value.self is any NestedOptional.Type }

    init(value: Value) { self.value = value }

    init(from decoder: any Decoder) throws {
        guard let nested = Value.self as? any NestedOptional.Type else {
            value = try decoder.singleValueContainer().decode(Value.self)
            return
        }
        value = try Self.same(nested.decoded(from: decoder))
    }

    func encode(to encoder: any Encoder) throws {
        guard let nested = Value.self as? any NestedOptional.Type else {
            var container = encoder.singleValueContainer()
            return try container.encode(value)
        }
        try nested.encode(value, to: encoder)
    }

    private static func same<Other>(_ other: Other) -> Value {
        precondition(Other.self == Value.self)
        return unsafeBitCast(other, to: Value.self)
    }
}

/// An optional around an optional.
private protocol NestedOptional {
    static func encode<Value>(_ value: Value, to encoder: any Encoder) throws
    static func decoded(from decoder: any Decoder) throws -> Self
}

extension Optional: NestedOptional where Wrapped: AnyOptional & Codable {
    /// Encodes a value of this type, without a cast, which could confuse the inner and the outer nil.
    static func encode<Value>(_ value: Value, to encoder: any Encoder) throws {
        precondition(Value.self == Self.self)
        guard let wrapped = unsafeBitCast(value, to: Self.self) else {
            var container = encoder.singleValueContainer()
            return try container.encodeNil()
        }
        var list = encoder.unkeyedContainer()
        try list.encode(StoredForm(value: wrapped))
    }

    static func decoded(from decoder: any Decoder) throws -> Self {
        if try decoder.singleValueContainer().decodeNil() { return nil }
        var list = try decoder.unkeyedContainer()
        let wrapped = try list.decode(StoredForm<Wrapped>.self).value
        guard list.isAtEnd else {
            throw DecodingError.dataCorruptedError(in: list, debugDescription: "an optional has one value at most")
        }
        return .some(wrapped)
    }
}
