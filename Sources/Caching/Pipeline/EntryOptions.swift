// SPDX-License-Identifier: Apache-2.0

/// The settings of a function for all its entries.
@usableFromInline
final class EntryOptions<Value: Sendable>: EntryRules, @unchecked Sendable {
    // @unchecked is inherited: all there is are constants that are Sendable.
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

    /// These settings with another lifetime, unless that is the default one.
    func with(_ ttl: TTL) -> EntryOptions {
        ttl == .default ? self : EntryOptions(ttl, policy, skip, codec)
    }

    /// A result as it is stored.
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
