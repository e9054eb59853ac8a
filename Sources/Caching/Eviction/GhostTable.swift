// SPDX-License-Identifier: Apache-2.0

/// The keys that were evicted recently, each with the position of the miss clock at which it was last seen.
///
/// It has two places for each entry of the cache, in buckets of eight; a full bucket drops its oldest ghost. A ghost has a
/// fingerprint of 16 bits. About once in 8,000 misses two keys have the same, which affects one admission.
package struct GhostTable: ~Copyable, Sendable {
    private static let ghostsPerEntry = 2

    struct Ghost: BitwiseCopyable {
        /// The fingerprint of the key; zero for an empty place.
        var fingerprint: UInt16
        /// The position of the miss clock at which the key was last seen.
        var lastSeen: UInt16
    }

    private var ghosts: UnsafeColumn<Int, Ghost>
    private var buckets: Int
    private var ways: Int

    package init(entries: Int) {
        (buckets, ways) = Self.shape(entries)
        ghosts = UnsafeColumn(count: buckets * ways)
    }

    /// Prefetches the bucket of a hash.
    package func prefetch(_ hash: PolicyHash) {
        ghosts.prefetch(bucket(hash))
    }

    /// Stores a hash and the position of the miss clock at which it was last seen.
    package mutating func put(_ hash: PolicyHash, lastSeen: UInt16, missClock: UInt16) {
        let start = bucket(hash)
        let fingerprint = Self.fingerprint(hash)
        var chosen = start
        var greatestAge = -1
        for place in start..<start + ways {
            let ghost = ghosts[place]
            // Searched beyond an empty place, because a key must be in a bucket only once.
            if ghost.fingerprint == fingerprint {
                chosen = place
                break
            }
            let age = ghost.fingerprint == 0 ? Int.max : Int(missClock &- ghost.lastSeen)
            if age > greatestAge { (greatestAge, chosen) = (age, place) }
        }
        ghosts[chosen] = Ghost(fingerprint: fingerprint, lastSeen: lastSeen)
    }

    /// Removes a hash and returns the time since it was seen, at least 1; 0 when it is not in the table.
    package mutating func take(_ hash: PolicyHash, missClock: UInt16) -> UInt16 {
        let start = bucket(hash)
        let fingerprint = Self.fingerprint(hash)
        for place in start..<start + ways where ghosts[place].fingerprint == fingerprint {
            let age = missClock &- ghosts[place].lastSeen
            ghosts[place].fingerprint = 0
            return max(1, age)
        }
        return 0
    }

    /// Replaces every position of the miss clock, whose unit has changed.
    package mutating func mapLastSeen(_ change: (UInt16) -> UInt16) {
        for place in 0..<buckets * ways where ghosts[place].fingerprint != 0 {
            ghosts[place].lastSeen = change(ghosts[place].lastSeen)
        }
    }

    /// Resizes the table for another number of entries, and keeps ghosts as far as there is room.
    ///
    /// O(places). When a bucket is split, its ghosts are copied to all parts, because a fingerprint does not determine the
    /// part.
    package mutating func resize(entries: Int) {
        let (newBuckets, newWays) = Self.shape(entries)
        guard (newBuckets, newWays) != (buckets, ways) else { return }
        var other = UnsafeColumn<Int, Ghost>(count: newBuckets * newWays)
        for bucket in 0..<newBuckets {
            // Of the old buckets that overlap with the new one, the middle one has most of its keys, so it comes first.
            let middle = (2 * bucket + 1) * buckets / (2 * newBuckets)
            let others = bucket * buckets / newBuckets...((bucket + 1) * buckets - 1) / newBuckets
            let start = bucket * newWays
            var places = start..<start
            for source in [middle] + others where places.count < newWays {
                copy(bucket: source, to: &places, of: newWays, in: other)
            }
        }
        swap(&ghosts, &other)
        (buckets, ways) = (newBuckets, newWays)
    }

    /// Appends the ghosts of a bucket to a bucket of another table, as far as there is room.
    private func copy(
        bucket: Int,
        to places: inout Range<Int>,
        of ways: Int,
        in other: borrowing UnsafeColumn<Int, Ghost>
    ) {
        for place in bucket * self.ways..<(bucket + 1) * self.ways where ghosts[place].fingerprint != 0 {
            guard places.count < ways else { return }
            if places.contains(where: { other[$0].fingerprint == ghosts[place].fingerprint }) { continue }
            other[places.upperBound] = ghosts[place]
            places = places.lowerBound..<places.upperBound + 1
        }
    }

    private static func fingerprint(_ hash: PolicyHash) -> UInt16 {
        let bits = UInt16(truncatingIfNeeded: hash.bits)
        return bits == 0 ? 1 : bits
    }

    /// Returns the first place of the bucket of a hash.
    private func bucket(_ hash: PolicyHash) -> Int { PolicyHash.reduce(hash.bits, below: buckets) * ways }

    private static func shape(_ entries: Int) -> (buckets: Int, ways: Int) {
        let places = entries * ghostsPerEntry
        return places < 8 ? (1, max(1, places)) : ((places + 4) / 8, 8)
    }
}
