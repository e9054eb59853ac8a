// SPDX-License-Identifier: Apache-2.0

/// What a hit needs of an entry: half a cache line.
@usableFromInline
package struct MemorySlot: Sendable {
    @usableFromInline package var key: String

    /// Nil when the slot is empty.
    ///
    /// The slot owns a reference that is not counted on its own: a hit reads the value without touching the count.
    @usableFromInline package var value: Unmanaged<StoredValue>?

    /// The end of the time in which the value is fresh.
    @usableFromInline package var freshUntil: CacheInstant

    static let empty = MemorySlot(key: "", value: nil, freshUntil: CacheInstant(nanoseconds: 0))
}
