// SPDX-License-Identifier: Apache-2.0

#if CACHING_INVARIANTS
    import Caching

    /// A trie of namespaces and the keys in it.
    final class FiledKeys {
        private(set) var keys: [Slot: String] = [:]
        private var trie = NamespaceTrie(hash: KeyHash(seed: 1, secret: 0x1234_5678_9ABC_DEF1))
        private var slots = UnsafeSlotTable(count: 16)
        private var free: [Slot] = []
        private var used: Slot = 0

        init(_ keys: some Sequence<String> = []) { for key in keys { insert(key) } }

        var size: Int { trie.size }

        func insert(_ key: String) {
            let slot = free.popLast() ?? used
            if slot == used { used = used.advanced(by: 1) }
            if slot.index >= slots.count { slots.grow(to: slots.count * 2) }
            slots[slot].key = key
            keys[slot] = key
            trie.insert(slot, slots: slots)
        }

        func remove(_ slot: Slot) {
            trie.remove(slot)
            slots[slot].key = ""
            keys[slot] = nil
            free.append(slot)
        }

        func removeAll(where isMatch: (String) -> Bool) {
            for (slot, key) in keys where isMatch(key) { remove(slot) }
        }

        /// Returns the slots whose keys may begin with a text.
        func candidates(_ prefix: String) -> [Slot] { trie.slots(withPrefix: Array(prefix.utf8)) }

        /// Returns whether the candidates are complete, without duplicates and removed slots.
        func isComplete(_ prefix: String) -> Bool {
            let found = candidates(prefix)
            let set = Set(found)
            let prefix = Array(prefix.utf8)
            return set.count == found.count && set.allSatisfy { keys[$0] != nil }
                && keys.allSatisfy { !$0.value.utf8.starts(with: prefix) || set.contains($0.key) }
        }

        func checkInvariants() throws { try trie.checkInvariants(slots: slots) }
    }
#endif
