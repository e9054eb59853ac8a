// SPDX-License-Identifier: Apache-2.0

/// The effects of a change of shards that are carried out of the lock: evictions to report and values to release.
///
/// Evictions are always counted, and listed only if a subscriber listens.
struct ShardEffects {
    let isListing: Bool
    private(set) var counts = EvictionCounts()
    private(set) var evictions: [(key: String, reason: EvictionReason)] = []

    /// The removed values, which are released after the lock, because a `deinit` may be slow or use the cache.
    private var firstValue: StoredValue?
    private var otherValues: [StoredValue] = []

    init(isListing: Bool) { self.isListing = isListing }

    mutating func recordEviction(of key: String, because reason: EvictionReason) {
        switch reason {
        case .size: counts.bySize += 1
        case .expired: counts.byExpiry += 1
        }
        if isListing { evictions.append((key, reason)) }
    }

    mutating func deferRelease(of value: consuming StoredValue?) {
        guard let value else { return }
        // The usual case, one value, needs no array.
        if firstValue == nil { firstValue = value } else { otherValues.append(value) }
    }
}
