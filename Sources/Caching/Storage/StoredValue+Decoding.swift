// SPDX-License-Identifier: Apache-2.0

extension StoredValue {
    /// Returns the value as a live one of exactly this type.
    ///
    /// - Throws: ``CacheEntryError`` when it is of another type, or the error of the codec.
    func box<Value: Sendable>(as type: Value.Type, codec: CacheCodec<Value>) throws -> ValueBox<Value> {
        if ObjectIdentifier(Swift.type(of: self)) == ObjectIdentifier(ValueBox<Value>.self) {
            return unsafeDowncast(self, to: ValueBox<Value>.self)
        }
        // Two types that share a name share their entries, as they do where bytes are stored.
        if !(self is EncodedValue), typeTag == codec.typeTag, codecID == codec.id {
            let bytes = EncodedValue(try encoded(), codecID: codecID, typeTag: typeTag)
            return ValueBox(try bytes.decoded(by: codec), codec: codec)
        }
        let entry = CacheEntry(value: self, createdAt: 0, freshUntil: nil, expiresAt: nil, tags: [])
        return ValueBox(try entry.value(as: type, codec: codec), codec: codec)
    }
}

extension StoredValue {
    /// Returns the live value, which the caller knows to be of exactly this type.
    func known<Value: Sendable>(as type: Value.Type) -> Value { unsafeDowncast(self, to: ValueBox<Value>.self).value }
}

extension CacheEntryError {
    /// Whether a newer version wrote the entry, which this one must not overwrite.
    var isForeign: Bool { kind == .unknownFormat }
}
