// SPDX-License-Identifier: Apache-2.0

/// A cached value as an object, so that a store can hold values of any type and a hit needs no copy and no cast.
///
/// The only conformances are ``ValueBox`` and ``EncodedValue``; a hit compares the exact class and is done.
@usableFromInline
package protocol StoredValue: AnyObject, Sendable {
    /// The value's bytes, as its codec writes them.
    func encoded() throws -> [UInt8]
}

extension StoredValue {
    /// The live value, if it is of exactly this type: one comparison, where a cast would search.
    @inlinable
    package func unboxed<Value: Sendable>(as type: Value.Type) -> Value? {
        guard ObjectIdentifier(Swift.type(of: self)) == ObjectIdentifier(ValueBox<Value>.self) else { return nil }
        return unsafeDowncast(self, to: ValueBox<Value>.self).value
    }
}

/// A live value and the codec that can turn it into bytes, if it has one.
@usableFromInline
package final class ValueBox<Value: Sendable>: StoredValue {
    @usableFromInline package let value: Value
    private let codec: CacheCodec<Value>?

    package init(_ value: Value, codec: CacheCodec<Value>?) {
        self.value = value
        self.codec = codec
    }

    @usableFromInline
    package func encoded() throws -> [UInt8] {
        guard let codec else { throw NotEncodable(underlying: MissingCodec()) }
        do { return try codec.encode(value) } catch { throw NotEncodable(underlying: error) }
    }
}

/// A codec could not encode a value: the value's fault, not the backend's.
package struct NotEncodable: Error, CustomStringConvertible {
    package let underlying: any Error
    package var description: String { "the value cannot be encoded: \(underlying)" }
}

/// A value was stored without a codec, for use in this process only.
private struct MissingCodec: Error, CustomStringConvertible {
    var description: String { "it was stored without a codec" }
}

/// A value that is known only as bytes: what a backend outside the process returned.
package final class EncodedValue: StoredValue {
    package let bytes: [UInt8]

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    package func encoded() throws -> [UInt8] { bytes }
}
