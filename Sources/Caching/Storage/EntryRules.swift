// SPDX-License-Identifier: Apache-2.0

/// The rules for the entries of a function, without the type of their values.
@usableFromInline
class EntryRules: @unchecked Sendable {
    // @unchecked, because a class that can be subclassed cannot conform otherwise. This class and its one subclass have
    // only constants that are Sendable.
    let ttl: TTL
    @usableFromInline let policy: CachePolicy

    /// The time past its lifetime in which a value answers at once, in nanoseconds.
    let acceptedStaleness: Int64

    init(ttl: TTL, policy: CachePolicy) {
        self.ttl = ttl
        self.policy = policy
        acceptedStaleness = policy.acceptedStaleness
    }

    /// Returns a stored value as a live one of the function's type.
    ///
    /// - Throws: ``CacheEntryError`` when it is of another type, or the error of the codec.
    func read(_ stored: StoredValue) throws -> StoredValue { preconditionFailure("abstract") }

    /// Returns whether the function skips a value.
    func skips(_ value: StoredValue) -> Bool { preconditionFailure("abstract") }

    /// Returns whether a value is nil.
    func isNil(_ value: StoredValue) -> Bool { preconditionFailure("abstract") }
}
