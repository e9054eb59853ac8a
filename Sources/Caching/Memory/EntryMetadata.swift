// SPDX-License-Identifier: Apache-2.0

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
