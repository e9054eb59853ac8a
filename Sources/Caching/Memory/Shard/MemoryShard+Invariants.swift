// SPDX-License-Identifier: Apache-2.0

#if CACHING_INVARIANTS
    extension MemoryShard {
        /// Checks every part, and that all parts agree on the entries.
        ///
        /// O(slots).
        func checkInvariants(hash: KeyHash) throws(InvariantViolation) {
            try policy.checkInvariants()
            try index.checkInvariants(hashes: policy.hashes)
            try trie.checkInvariants(slots: slots)
            try checkWheel()
            try ensure(index.count == policy.count, "\(index.count) of \(policy.count) entries are in the index")
            try ensure(policy.usedSlots.count <= slots.count, "the table has every slot")
            let start = Int(bitPattern: slots.base)
            try ensure(
                start % CacheLine.size == 0 && CacheLine.size % MemoryLayout<MemorySlot>.stride == 0,
                "no slot lies across two lines"
            )
            for slot in policy.usedSlots {
                if policy.isLive(slot) { try checkEntry(slot, hash: hash) } else { try checkEmpty(slot) }
            }
            for slot in metadata.keys { try ensure(policy.isLive(slot), "slot \(slot) with metadata has an entry") }
            for (tag, tagged) in tagged {
                try ensure(!tagged.isEmpty, "the tag \(tag.text) has entries")
                for slot in tagged {
                    let isKnown = metadata[slot]?.tags.contains { $0.utf8.elementsEqual(tag.text.utf8) } ?? false
                    try ensure(isKnown, "slot \(slot) has the tag \(tag.text)")
                }
            }
        }

        private func checkWheel() throws(InvariantViolation) {
            var ends: [Slot: CacheInstant] = [:]
            for slot in 0..<Slot(slots.count) { ends[slot] = expiry(of: slot) }
            try wheel.checkInvariants { ends[$0] ?? CacheInstant(nanoseconds: .min) }
        }

        private func checkEntry(_ slot: Slot, hash: KeyHash) throws(InvariantViolation) {
            let key = slots[slot].key
            let hash = UInt32(truncatingIfNeeded: hash(key))
            try ensure(slots[slot].value != nil, "slot \(slot) has a value")
            try ensure(policy.hash(of: slot) == hash, "slot \(slot) has the hash of \(key)")
            try ensure(find(key, hash: hash) == slot, "\(key) is found in slot \(slot)")
            try ensure(trie.contains(slot), "slot \(slot) is in the trie")
            let hasEnd = slots[slot].freshUntil != .distantFuture
            try ensure(wheel.contains(slot) == hasEnd, "slot \(slot) is in the wheel if it has an end: \(hasEnd)")
            guard let metadata = metadata[slot] else { return }
            try ensure(!metadata.isEmpty, "the metadata of slot \(slot) say something")
            for tag in metadata.tags {
                try ensure(tagged[KeyBytes(tag)]?.contains(slot) == true, "slot \(slot) is found under \(tag)")
            }
        }

        private func checkEmpty(_ slot: Slot) throws(InvariantViolation) {
            try ensure(slots[slot].value == nil && slots[slot].key.isEmpty, "the empty slot \(slot) holds nothing")
            try ensure(!trie.contains(slot) && !wheel.contains(slot), "the empty slot \(slot) is filed nowhere")
        }
    }
#endif
