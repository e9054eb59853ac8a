// SPDX-License-Identifier: Apache-2.0

/// An entry of a cache: a value with the time of its load, its lifetime and its tags.
///
/// A backend inside the process keeps the entry as it is. A backend that stores bytes writes ``encoded(for:)`` and
/// reads it back with ``init(encoded:for:)``.
public struct CacheEntry: Sendable {
    /// The value, or its bytes.
    package let value: StoredValue

    /// The time at which the load of the value began, in microseconds since 1970-01-01 00:00 UTC.
    ///
    /// Stamps of one process strictly increase, so that they show which entries are older than an invalidation by tag.
    public let createdAt: Int64

    /// The time until which the value is fresh, in microseconds since 1970-01-01 00:00 UTC; nil when it stays so.
    public let freshUntil: Int64?

    /// The time from which the entry is gone, in microseconds since 1970-01-01 00:00 UTC; nil when it stays.
    ///
    /// Later than ``freshUntil`` when the function may answer with a stale value.
    public let expiresAt: Int64?

    /// The tags by which the entry can be invalidated.
    public let tags: [String]

    /// The stamps of the tags, in their order, as the writer knew them; empty when it knew none.
    package let tagStamps: [UInt64]

    /// The duration of the load of the value; nil when it is not known.
    package let loadDuration: Duration?

    package init(
        value: StoredValue,
        createdAt: Int64,
        freshUntil: Int64?,
        expiresAt: Int64?,
        tags: [String],
        tagStamps: [UInt64] = [],
        loadDuration: Duration? = nil
    ) {
        self.value = value
        self.tagStamps = tagStamps
        self.loadDuration = loadDuration
        self.createdAt = createdAt
        self.freshUntil = freshUntil
        self.expiresAt = expiresAt
        self.tags = tags
    }

    /// Creates an entry around a value, for instance to test a backend.
    ///
    /// - Parameters:
    ///   - value: The value.
    ///   - codec: The codec of the value.
    ///   - createdAt: The time at which its load began, in microseconds since 1970-01-01 00:00 UTC.
    ///   - expiresAt: The time at which it is gone, in the same unit; nil when it stays.
    ///   - tags: The tags by which it can be invalidated.
    public init<Value: Sendable>(
        _ value: Value,
        codec: CacheCodec<Value>,
        createdAt: Int64,
        expiresAt: Int64?,
        tags: [String] = []
    ) {
        self.init(
            value: ValueBox(value, codec: codec),
            createdAt: createdAt,
            freshUntil: expiresAt,
            expiresAt: expiresAt,
            tags: tags
        )
    }

    /// Returns the value, if it was stored as exactly that type.
    ///
    /// An `Int` is neither an `Int64` nor an `Int?`, whether the entry holds the value or its bytes.
    ///
    /// - Parameters:
    ///   - type: The type that is expected.
    ///   - codec: The codec, if the entry holds bytes.
    /// - Returns: The value.
    /// - Throws: ``CacheEntryError`` when the value is of another type, or the error of the codec.
    public func value<Value: Sendable>(as type: Value.Type, codec: CacheCodec<Value>) throws -> Value {
        if let live = value.unboxed(as: type) { return live }
        guard let encoded = value as? EncodedValue else {
            throw CacheEntryError("the entry holds another type than \(type)", kind: .otherType)
        }
        return try encoded.decoded(by: codec)
    }

    /// Returns whether the entry is gone at a time.
    ///
    /// - Parameter time: Microseconds since 1970-01-01 00:00 UTC.
    /// - Returns: Whether ``expiresAt`` is reached.
    public func isExpired(at time: Int64) -> Bool {
        expiresAt.map { $0 <= time } ?? false
    }
}
