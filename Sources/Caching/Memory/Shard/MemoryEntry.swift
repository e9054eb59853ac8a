// SPDX-License-Identifier: Apache-2.0

/// An entry that was read from the store or is about to be stored.
///
/// The type is noncopyable, so that the closures that pass it to a shard retain nothing.
struct MemoryEntry: ~Copyable, Sendable {
    let value: StoredValue
    let cost: Int
    /// The end of the time in which the value is fresh.
    let freshUntil: CacheInstant
    let metadata: EntryMetadata

    /// The end of the entry, including the time in which it is stale.
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
