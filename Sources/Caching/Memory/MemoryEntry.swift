// SPDX-License-Identifier: Apache-2.0

/// An entry as it is read from the store, or on its way into it; times are nanoseconds on the cache's clock.
///
/// It cannot be copied, so that the closures on its way into the store count no references.
struct MemoryEntry: ~Copyable, Sendable {
    let value: StoredValue
    let cost: Int
    /// `Int64.max` when it never gets old.
    let freshUntil: Int64
    let metadata: EntryMetadata

    /// When it is gone.
    var expiresAt: Int64 {
        let (sum, overflow) = freshUntil.addingReportingOverflow(metadata.staleWindow)
        return overflow ? .max : sum
    }
}
