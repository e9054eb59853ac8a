// SPDX-License-Identifier: Apache-2.0

/// The options of a function or a namespace for its entries.
@usableFromInline
final class EntryOptions<Value: Sendable>: EntryRules, @unchecked Sendable {
    // @unchecked is inherited; all properties are constants of Sendable types.
    let skip: (@Sendable (Value) -> Bool)?
    let codec: CacheCodec<Value>

    init(
        _ ttl: TTL = .default,
        _ policy: CachePolicy = CachePolicy(),
        _ skip: (@Sendable (Value) -> Bool)? = nil,
        _ codec: CacheCodec<Value>
    ) {
        self.skip = skip
        self.codec = codec
        super.init(ttl: ttl, policy: policy)
    }

    /// Returns the options with another lifetime, unless it is the default one.
    func with(_ ttl: TTL) -> EntryOptions {
        ttl == .default ? self : EntryOptions(ttl, policy, skip, codec)
    }

    /// Returns a result in the form in which it is stored.
    @usableFromInline
    func box(_ value: Value) -> StoredValue { ValueBox(value, codec: codec) }

    override func read(_ stored: StoredValue) throws -> StoredValue { try stored.box(as: Value.self, codec: codec) }

    override func skips(_ value: StoredValue) -> Bool {
        guard let skip, let value = value.unboxed(as: Value.self) else { return false }
        return skip(value)
    }

    override func isNil(_ value: StoredValue) -> Bool {
        guard let value = value.unboxed(as: Value.self) else { return false }
        return (value as? any AnyOptional)?.isNil == true
    }
}
