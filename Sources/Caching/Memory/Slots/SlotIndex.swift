// SPDX-License-Identifier: Apache-2.0

/// An index from hashes to slots: open addressing, linear probing, at most three fifths full.
///
/// A bucket has four bytes: the lowest byte of the hash and the slot number plus one; zero is empty. A probe begins at a
/// position that is computed from the upper bits of the hash by multiplication, so that the index can have any size. The
/// owner of the slots compares the keys.
@usableFromInline
package struct SlotIndex: ~Copyable, Sendable {
    /// The largest number of slots: a bucket has 24 bits for a slot number.
    package static let maximumSlots = 1 << 24 - 2
    private static let minimumBuckets = 16

    @usableFromInline var buckets: UnsafeColumn<Int, UInt32>
    package private(set) var count = 0
    /// The number of buckets for the largest number of slots.
    private(set) var limit: Int

    /// Creates an index for up to this many slots, which grows with their number.
    package init(slots: Int) {
        limit = Self.buckets(for: slots)
        buckets = UnsafeColumn(count: min(limit, Self.minimumBuckets))
    }

    @inlinable
    static func slot(_ bucket: UInt32) -> Slot { Slot(rawValue: (bucket & 0xFF_FFFF) &- 1) }

    @inlinable
    func home(_ hash: UInt32) -> Int {
        Int(truncatingIfNeeded: (UInt64(hash) &* UInt64(truncatingIfNeeded: buckets.count)) >> 32)
    }

    /// Returns the first slot under a hash that the owner accepts.
    @inlinable
    @inline(__always)
    package func find(_ hash: UInt32, where isMatch: (Slot) -> Bool) -> Slot? {
        var position = home(hash)
        while true {
            let bucket = buckets[position]
            if bucket == 0 { return nil }
            if bucket >> 24 == hash & 0xFF {
                let slot = Self.slot(bucket)
                if isMatch(slot) { return slot }
            }
            position &+= 1
            if position == buckets.count { position = 0 }
        }
    }

    /// Prefetches the bucket at which a search for a hash begins.
    func prefetch(_ hash: UInt32) { buckets.prefetch(home(hash)) }

    /// Inserts a slot, which must not be in the index, under a hash.
    package mutating func insert(_ hash: UInt32, slot: Slot, hashes: borrowing UnsafeColumn<Slot, UInt32>) {
        if (count + 1) * 5 > buckets.count * 3 { grow(hashes) }
        place(hash << 24 | (slot.rawValue + 1), hash)
        count += 1
    }

    /// Removes a slot, and closes the gap so that no probe ends too early.
    package mutating func remove(_ hash: UInt32, slot: Slot, hashes: borrowing UnsafeColumn<Slot, UInt32>) {
        let bucket = hash << 24 | (slot.rawValue + 1)
        var gap = home(hash)
        while buckets[gap] != bucket {
            if buckets[gap] == 0 { return }
            gap = following(gap)
        }
        count -= 1
        var next = gap
        while true {
            next = following(next)
            guard buckets[next] != 0 else { break }
            let home = home(hashes[Self.slot(buckets[next])])
            // An entry may move into the gap unless its home is between the gap and the entry.
            if distance(home, next) >= distance(gap, next) {
                buckets[gap] = buckets[next]
                gap = next
            }
        }
        buckets[gap] = 0
    }

    /// Changes the largest number of slots.
    package mutating func resize(slots: Int) { limit = max(buckets.count, Self.buckets(for: slots)) }

    private static func buckets(for slots: Int) -> Int { max(minimumBuckets, min(slots, maximumSlots) * 5 / 3 + 2) }

    private func following(_ position: Int) -> Int { position + 1 == buckets.count ? 0 : position + 1 }

    private func distance(_ from: Int, _ to: Int) -> Int { to >= from ? to - from : to - from + buckets.count }

    private func place(_ bucket: UInt32, _ hash: UInt32) {
        var position = home(hash)
        while buckets[position] != 0 { position = following(position) }
        buckets[position] = bucket
    }

    private mutating func grow(_ hashes: borrowing UnsafeColumn<Slot, UInt32>) {
        let doubled = buckets.count * 2
        var old = UnsafeColumn<Int, UInt32>(count: limit > buckets.count ? min(limit, doubled) : doubled)
        swap(&buckets, &old)
        for position in 0..<old.count where old[position] != 0 {
            place(old[position], hashes[Self.slot(old[position])])
        }
    }
}
