// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials

/// A live value and the codec that can turn it into bytes, if it has one.
@usableFromInline
package final class ValueBox<Value: Sendable>: StoredValue, @unchecked Sendable {
    // @unchecked is inherited; all properties are constants that are Sendable.
    @usableFromInline package let value: Value
    private let codec: CacheCodec<Value>?

    @usableFromInline
    package init(_ value: Value, codec: CacheCodec<Value>?) {
        self.value = value
        self.codec = codec
    }

    package override func encoded() throws -> [UInt8] {
        guard let codec else { throw NotEncodable(underlying: MissingCodec()) }
        do { return try codec.encode(value) } catch { throw NotEncodable(underlying: error) }
    }

    package override func encoded(preferring format: UInt8) throws -> (bytes: [UInt8], codec: UInt8) {
        guard format != codecID, let codec, let preferred = codec.form(format) else { return (try encoded(), codecID) }
        do { return (try preferred.encode(value), format) } catch { throw NotEncodable(underlying: error) }
    }

    /// Returns the number of bytes of a text or of bytes, and of the encoding of other values: CBOR where the codec has
    /// it, because that takes a third of the time of JSON.
    package override func encodedSize() throws -> Int {
        if let size = plainSize { return size }
        if let compact = codec?.form(2), let bytes = try? compact.encode(value) { return bytes.count }
        return try encoded().count
    }

    /// The number of bytes of a text or of bytes; nil for other values.
    private var plainSize: Int? {
        // Exactly these types, because a cast would go through the elements of other arrays.
        if Value.self == String.self { return (value as? String)?.utf8.count }
        if Value.self == [UInt8].self { return (value as? [UInt8])?.count }
        if Value.self == Data.self { return (value as? Data)?.count }
        return nil
    }

    package override var codecID: UInt8 { codec?.id ?? 0 }

    package override var typeTag: UInt64 { codec?.typeTag ?? TypeTag.of(Value.self) }

    package override var anyValue: any Sendable { value }
}

/// The error for a value that its codec cannot encode, which is no failure of the backend.
package struct NotEncodable: Error, CustomStringConvertible {
    package let underlying: any Error
    package var description: String { "the value cannot be encoded: \(underlying)" }
}

/// The error for a value without a codec, which can be used in this process only.
private struct MissingCodec: Error, CustomStringConvertible {
    var description: String { "it was stored without a codec" }
}
