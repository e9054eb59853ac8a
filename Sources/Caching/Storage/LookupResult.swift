// SPDX-License-Identifier: Apache-2.0

/// The result of looking up a key in a storage.
enum LookupResult: Sendable {
    case fresh(StoredValue)
    /// A value past its lifetime, since that time.
    case stale(StoredValue, since: CacheInstant)
    case absent
    /// An entry that is no value of this reader. If `isForeign`, a newer version wrote it, and this one must not overwrite
    /// it.
    case unreadable(any Error, isForeign: Bool)
}

/// The lifetime of an entry, which is first fresh and then stale.
struct Lifetime: Sendable, Equatable {
    /// The whole lifetime; nil when the entry does not expire.
    let whole: Duration?
    /// The last part, in which the entry is stale.
    let stale: Duration
}
