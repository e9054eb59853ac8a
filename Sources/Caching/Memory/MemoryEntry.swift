// SPDX-License-Identifier: Apache-2.0

/// An entry as it is read from the store, or on its way into it.
///
/// It cannot be copied, so that the closures on its way into the store count no references.
struct MemoryEntry: ~Copyable, Sendable {
    let value: StoredValue
    let cost: Int
    /// The end of the time in which the value is fresh.
    let freshUntil: CacheInstant
    let metadata: EntryMetadata

    /// When it is gone.
    var expiresAt: CacheInstant { metadata.end(of: freshUntil) }
}
