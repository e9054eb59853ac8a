// SPDX-License-Identifier: Apache-2.0

/// The answer of a storage to the question for a key.
enum Reading: Sendable {
    case fresh(StoredValue)
    /// Past its lifetime since then.
    case stale(StoredValue, since: CacheInstant)
    case absent
    /// Something that is none of this reader's values; `isForeign` when a newer version wrote it, which this one must not
    /// overwrite.
    case unreadable(any Error, isForeign: Bool)
}

/// The lifetime of an entry: fresh first, then stale, then it is gone.
struct Lifetime: Sendable, Equatable {
    /// The whole of it; nil for ever.
    let whole: Duration?
    /// The last part of it.
    let stale: Duration
}
