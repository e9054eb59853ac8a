// SPDX-License-Identifier: Apache-2.0

/// What a hit needs of an entry: half a cache line.
@usableFromInline
package struct MemorySlot: Sendable {
    @usableFromInline package var key: String

    /// Nil when the slot is empty.
    @usableFromInline package var value: StoredValue?

    /// Nanoseconds on the cache's clock until when the value is fresh; `Int64.max` when it never gets old.
    @usableFromInline package var freshUntil: Int64

    static let empty = MemorySlot(key: "", value: nil, freshUntil: 0)
}
