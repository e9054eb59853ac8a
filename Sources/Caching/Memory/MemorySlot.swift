// SPDX-License-Identifier: Apache-2.0

/// One place in a shard: an entry, or empty.
@usableFromInline
struct MemorySlot: Sendable {
    @usableFromInline var key: String
    @usableFromInline var hash: UInt64
    @usableFromInline var value: (any StoredValue)?

    /// Nanoseconds on the cache's clock until when the value is fresh; `Int64.max` when it never gets old.
    @usableFromInline var freshUntil: Int64

    /// Nanoseconds on the cache's clock when the entry is gone; `Int64.max` when it stays.
    @usableFromInline var expiresAt: Int64
    var createdAt: Int64
    var tags: [String]

    static let empty = MemorySlot(
        key: "",
        hash: 0,
        value: nil,
        freshUntil: 0,
        expiresAt: 0,
        createdAt: 0,
        tags: []
    )
}
