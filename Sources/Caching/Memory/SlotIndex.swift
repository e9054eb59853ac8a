// SPDX-License-Identifier: Apache-2.0

/// Maps 64-bit hashes to slot numbers: open addressing, linear probing, at most half full.
///
/// A bucket is the upper half of the hash beside the slot number plus one; zero is empty. Whether the keys are equal
/// is for the owner of the slots to say.
@usableFromInline
struct SlotIndex: Sendable {
    @usableFromInline private(set) var buckets: [UInt64]
    @usableFromInline private(set) var mask: Int
    private var count = 0

    init() {
        buckets = [UInt64](repeating: 0, count: 16)
        mask = 15
    }

    @inlinable
    static func bucket(_ hash: UInt64, _ slot: Int) -> UInt64 {
        hash & 0xFFFF_FFFF_0000_0000 | UInt64(truncatingIfNeeded: slot &+ 1)
    }

    @inlinable
    static func slot(_ bucket: UInt64) -> Int { Int(truncatingIfNeeded: bucket & 0xFFFF_FFFF) &- 1 }

    /// The first slot under a hash that the owner accepts.
    @inlinable
    func find(_ hash: UInt64, where isMatch: (Int) -> Bool) -> Int? {
        var position = Int(truncatingIfNeeded: hash) & mask
        while true {
            let bucket = buckets[position]
            if bucket == 0 { return nil }
            if (bucket ^ hash) >> 32 == 0 {
                let slot = Self.slot(bucket)
                if isMatch(slot) { return slot }
            }
            position = (position &+ 1) & mask
        }
    }

    /// Adds a slot under a hash that it is not under yet.
    ///
    /// `hashOfSlot` gives the hash of any slot in the index, for moving it when the index grows.
    mutating func insert(_ hash: UInt64, slot: Int, hashOfSlot: (Int) -> UInt64) {
        if (count + 1) * 2 > buckets.count { grow(hashOfSlot) }
        place(Self.bucket(hash, slot), from: Int(truncatingIfNeeded: hash) & mask)
        count += 1
    }

    /// Removes a slot, and closes the gap so that no probe ends too early.
    mutating func remove(_ hash: UInt64, slot: Int, hashOfSlot: (Int) -> UInt64) {
        let bucket = Self.bucket(hash, slot)
        var gap = Int(truncatingIfNeeded: hash) & mask
        while buckets[gap] != bucket {
            if buckets[gap] == 0 { return }
            gap = (gap + 1) & mask
        }
        count -= 1
        var next = gap
        while true {
            next = (next + 1) & mask
            guard buckets[next] != 0 else { break }
            let home = Int(truncatingIfNeeded: hashOfSlot(Self.slot(buckets[next]))) & mask
            // It may move into the gap when its home is not between the gap and itself.
            if (next - home) & mask >= (next - gap) & mask {
                buckets[gap] = buckets[next]
                gap = next
            }
        }
        buckets[gap] = 0
    }

    private mutating func place(_ bucket: UInt64, from home: Int) {
        var position = home
        while buckets[position] != 0 { position = (position + 1) & mask }
        buckets[position] = bucket
    }

    private mutating func grow(_ hashOfSlot: (Int) -> UInt64) {
        let old = buckets
        buckets = [UInt64](repeating: 0, count: old.count * 2)
        mask = buckets.count - 1
        for bucket in old where bucket != 0 {
            place(bucket, from: Int(truncatingIfNeeded: hashOfSlot(Self.slot(bucket))) & mask)
        }
    }
}
