// SPDX-License-Identifier: Apache-2.0

#if CACHING_INVARIANTS
    import Caching

    /// A key tree and the keys that are in it.
    final class FiledKeys {
        private(set) var keys: [UInt32: String] = [:]
        private var tree = NamespaceTrie(hash: KeyHash(seed: 1, secret: 0x1234_5678_9ABC_DEF1))
        private var slots = UnsafeSlotTable(count: 16)
        private var free: [UInt32] = []
        private var used: UInt32 = 0

        init(_ keys: some Sequence<String> = []) { for key in keys { insert(key) } }

        var size: Int { tree.size }

        func insert(_ key: String) {
            let slot = free.popLast() ?? used
            if slot == used { used += 1 }
            if Int(slot) >= slots.count { slots.grow(to: slots.count * 2) }
            slots[slot].key = key
            keys[slot] = key
            tree.insert(slot, slots: slots)
        }

        func remove(_ slot: UInt32) {
            tree.remove(slot)
            slots[slot].key = ""
            keys[slot] = nil
            free.append(slot)
        }

        func removeAll(where isMatch: (String) -> Bool) {
            for (slot, key) in keys where isMatch(key) { remove(slot) }
        }

        /// The slots that may begin with a text.
        func candidates(_ prefix: String) -> [UInt32] { tree.slots(withPrefix: Array(prefix.utf8)) }

        /// Whether nothing is missing among the candidates, nothing twice, and nothing that is not filed.
        func isComplete(_ prefix: String) -> Bool {
            let found = candidates(prefix)
            let set = Set(found)
            let prefix = Array(prefix.utf8)
            return set.count == found.count && set.allSatisfy { keys[$0] != nil }
                && keys.allSatisfy { !$0.value.utf8.starts(with: prefix) || set.contains($0.key) }
        }

        func checkInvariants() throws { try tree.checkInvariants(slots: slots) }
    }
#endif
