// SPDX-License-Identifier: Apache-2.0

/// A value that is known only as bytes, from a backend outside the process.
package final class EncodedValue: StoredValue, @unchecked Sendable {
    // @unchecked is inherited; all properties are constants that are Sendable.
    package let bytes: [UInt8]
    private let codec: UInt8
    private let tag: UInt64

    package init(_ bytes: [UInt8], codecID: UInt8 = 0, typeTag: UInt64 = 0) {
        self.bytes = bytes
        codec = codecID
        tag = typeTag
    }

    package override func encoded() throws -> [UInt8] { bytes }

    package override var codecID: UInt8 { codec }

    package override var typeTag: UInt64 { tag }

    package override var anyValue: any Sendable { bytes }

    /// Returns the value, if it was written as one of the type of the codec.
    package func decoded<Value>(by codec: CacheCodec<Value>) throws -> Value {
        guard tag == 0 || tag == codec.typeTag else {
            throw CacheEntryError("the entry was stored as another type than \(Value.self)", kind: .otherType)
        }
        if self.codec == 0 || codec.id == 0 || self.codec == codec.id { return try codec.decode(bytes) }
        guard let other = codec.form(self.codec) else {
            let reason = "the entry was written by the codec \(self.codec), and the codec \(codec.id) is to read it"
            throw CacheEntryError(reason, kind: .otherType)
        }
        return try other.decode(bytes)
    }
}
