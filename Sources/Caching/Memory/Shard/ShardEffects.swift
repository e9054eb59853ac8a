// SPDX-License-Identifier: Apache-2.0

/// What a change of the store pushed out: always counted, listed only when somebody listens.
struct ShardEffects {
    let isListing: Bool
    private(set) var counts = EvictionCounts()
    private(set) var evictions: [(key: String, reason: EvictionReason)] = []

    /// The values, kept until the lock is released: a value's `deinit` may be slow, or use the cache.
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
        // One value is the usual case, and needs no array.
        if firstValue == nil { firstValue = value } else { otherValues.append(value) }
    }
}
