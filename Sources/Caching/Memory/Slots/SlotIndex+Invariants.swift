// SPDX-License-Identifier: Apache-2.0

#if CACHING_INVARIANTS
    extension SlotIndex {
        /// Checks that every slot is in the index once, where a probe finds it.
        ///
        /// O(buckets + the lengths of all probes).
        package func checkInvariants(hashes: borrowing UnsafeColumn<Slot, UInt32>) throws(InvariantViolation) {
            var seen = Set<Slot>()
            for position in 0..<buckets.count where buckets[position] != 0 {
                let slot = Self.slot(buckets[position])
                try ensure(seen.insert(slot).inserted, "slot \(slot) is in the index once")
                try ensure(buckets[position] >> 24 == hashes[slot] & 0xFF, "slot \(slot) has the tag of its hash")
                var probe = home(hashes[slot])
                while probe != position {
                    try ensure(buckets[probe] != 0, "no gap is between slot \(slot) and its home")
                    probe = probe + 1 == buckets.count ? 0 : probe + 1
                }
            }
            try ensure(seen.count == count, "\(seen.count) slots are in the index, as counted: \(count)")
            try ensure(count * 5 <= buckets.count * 3, "the index is at most three fifths full")
        }

        /// The number of buckets.
        package var size: Int { buckets.count }

        /// Returns the number of buckets that an unsuccessful search for a hash inspects.
        package func probeLength(_ hash: UInt32) -> Int {
            var position = home(hash)
            var length = 1
            while buckets[position] != 0 {
                position = position + 1 == buckets.count ? 0 : position + 1
                length += 1
            }
            return length
        }
    }
#endif
