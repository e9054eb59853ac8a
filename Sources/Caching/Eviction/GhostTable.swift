// SPDX-License-Identifier: Apache-2.0

/// The keys that were evicted recently, each with the position of the miss clock at which it was last seen.
///
/// It has two places for each entry of the cache, in buckets of eight; a full bucket forgets its oldest. Fingerprints
/// may be mistaken for one another, about once in 8,000 misses, which makes an admission a little better or worse.
package struct GhostTable: ~Copyable, Sendable {
    private static let ghostsPerEntry = 2

    struct Ghost: BitwiseCopyable {
        /// Zero is an empty place.
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

    /// Says that a hash will be remembered or forgotten soon.
    package func prefetch(_ hash: PolicyHash) {
        ghosts.prefetch(bucket(hash))
    }

    /// Remembers a hash and the position of the miss clock at which it was last seen.
    package mutating func put(_ hash: PolicyHash, lastSeen: UInt16, missClock: UInt16) {
        let start = bucket(hash)
        let fingerprint = Self.fingerprint(hash)
        var chosen = start
        var greatestAge = -1
        for place in start..<start + ways {
            let ghost = ghosts[place]
            // Once in a bucket, even if there is a gap before it: it would come back twice.
            if ghost.fingerprint == fingerprint {
                chosen = place
                break
            }
            let age = ghost.fingerprint == 0 ? Int.max : Int(missClock &- ghost.lastSeen)
            if age > greatestAge { (greatestAge, chosen) = (age, place) }
        }
        ghosts[chosen] = Ghost(fingerprint: fingerprint, lastSeen: lastSeen)
    }

    /// Forgets a hash and says how long ago it was seen, at least 1; 0 when it is not remembered.
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

    /// Fits it to another number of entries; what is remembered is kept as far as there is room.
    ///
    /// O(places). When a bucket is split, its ghosts go to all its parts, because the fingerprint does not tell which
    /// part they belong to.
    package mutating func resize(entries: Int) {
        let (newBuckets, newWays) = Self.shape(entries)
        guard (newBuckets, newWays) != (buckets, ways) else { return }
        var other = UnsafeColumn<Int, Ghost>(count: newBuckets * newWays)
        for bucket in 0..<newBuckets {
            // The bucket in the middle of what falls together has most of its keys, so it comes first.
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

    /// Appends the ghosts of a bucket to those that a bucket of another table has, as far as there is room.
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

    /// The first place of a hash's bucket.
    private func bucket(_ hash: PolicyHash) -> Int { PolicyHash.reduce(hash.bits, below: buckets) * ways }

    private static func shape(_ entries: Int) -> (buckets: Int, ways: Int) {
        let places = entries * ghostsPerEntry
        return places < 8 ? (1, max(1, places)) : ((places + 4) / 8, 8)
    }
}
