// SPDX-License-Identifier: Apache-2.0

/// A cached value as an object, so that a store can hold values of any type and a hit needs no copy and no cast.
///
/// The only subclasses are ``ValueBox`` and ``EncodedValue``; a hit compares the exact class and is done. A class and
/// not a protocol, because a reference to one is half as large.
@usableFromInline
package class StoredValue: @unchecked Sendable {
    // @unchecked, because a class that can be subclassed cannot conform otherwise. It has no state, and its subclasses
    // have only constants that are Sendable.

    @usableFromInline
    init() {}

    /// Returns the bytes of the value, as its codec writes them.
    package func encoded() throws -> [UInt8] { preconditionFailure("abstract") }

    /// Returns a measure of the size of the value in bytes.
    ///
    /// - Throws: ``NotEncodable`` when the value has none.
    package func encodedSize() throws -> Int { try encoded().count }

    /// Returns the bytes of the value, in the preferred format if its codec has it, and the number of their format.
    package func encoded(preferring format: UInt8) throws -> (bytes: [UInt8], codec: UInt8) { (try encoded(), codecID) }

    /// The ``CacheCodec/id`` of the codec that writes or wrote the bytes; zero when there is none.
    package var codecID: UInt8 { preconditionFailure("abstract") }

    /// The ``TypeTag`` of the value; zero when it is not known.
    package var typeTag: UInt64 { preconditionFailure("abstract") }

    /// The value, or its bytes if only these are known.
    package var anyValue: any Sendable { preconditionFailure("abstract") }

    /// Returns the live value, if it is of exactly this type, by one comparison, where a cast would search.
    @inlinable
    package func unboxed<Value: Sendable>(as type: Value.Type) -> Value? {
        guard ObjectIdentifier(Swift.type(of: self)) == ObjectIdentifier(ValueBox<Value>.self) else { return nil }
        return unsafeDowncast(self, to: ValueBox<Value>.self).value
    }
}
