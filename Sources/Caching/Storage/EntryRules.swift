// SPDX-License-Identifier: Apache-2.0

/// The rules for the entries of a function, without the type of their values.
@usableFromInline
class EntryRules: @unchecked Sendable {
    // @unchecked, because a class that can be subclassed cannot say it otherwise: there are only constants that are
    // Sendable, here and in the one subclass.
    let ttl: TTL
    @usableFromInline let policy: CachePolicy

    /// The time past its lifetime within which a value answers at once, in nanoseconds.
    let acceptedStaleness: Int64

    init(ttl: TTL, policy: CachePolicy) {
        self.ttl = ttl
        self.policy = policy
        acceptedStaleness = policy.acceptedStaleness
    }

    /// Returns a stored value as a live one of the function's type.
    ///
    /// - Throws: ``CacheEntryError`` when it is of another type, or what the codec throws.
    func read(_ stored: StoredValue) throws -> StoredValue { preconditionFailure("abstract") }

    /// Whether the function does not want a value to be kept.
    func skips(_ value: StoredValue) -> Bool { preconditionFailure("abstract") }

    /// Whether a value is nil.
    func isNil(_ value: StoredValue) -> Bool { preconditionFailure("abstract") }
}
