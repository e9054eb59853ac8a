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

/// The properties of an entry that only some entries have; the others pay nothing for them.
struct EntryMetadata: Sendable {
    var createdAt = WallTime.unknown
    /// The nanoseconds from the end of freshness to the end of the entry.
    var staleNanoseconds: Int64 = 0
    var tags: [String] = []

    var isEmpty: Bool { createdAt == .unknown && staleNanoseconds == 0 && tags.isEmpty }

    /// Returns the end of an entry that is fresh until a given time, saturated.
    func end(of freshUntil: CacheInstant) -> CacheInstant {
        let (sum, overflow) = freshUntil.nanoseconds.addingReportingOverflow(staleNanoseconds)
        return overflow ? .distantFuture : CacheInstant(nanoseconds: sum)
    }
}
