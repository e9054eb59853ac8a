// SPDX-License-Identifier: Apache-2.0

#if CACHING_INVARIANTS
    extension SlotLists {
        /// Checks that the links agree in both directions and that every slot is in at most one list.
        ///
        /// O(slots + lists).
        package func checkInvariants() throws(InvariantViolation) {
            var seen = Set<Slot>()
            for list in 0..<lists.count {
                let end = Self.listBit | UInt32(list)
                var (link, previous) = (lists[list].next, end)
                while link != end {
                    try ensure(link != 0 && link & Self.listBit == 0, "list \(list) ends with itself")
                    let slot = Slot(rawValue: link - 1)
                    try ensure(slot.index < slots.count, "\(slot) in list \(list) is a slot")
                    try ensure(seen.insert(slot).inserted, "slot \(slot) is in one list, once")
                    try ensure(slots[slot].previous == previous, "slot \(slot) leads back")
                    (link, previous) = (slots[slot].next, link)
                }
                try ensure(lists[list].previous == previous, "list \(list) knows its last slot")
            }
            let listed = (0..<Slot(slots.count)).count { slots[$0].next != 0 }
            try ensure(listed == seen.count, "\(listed) slots say that they are listed, \(seen.count) are")
        }

        /// Returns the slots of a list, from its front.
        package func slots(in list: Int) -> [Slot] {
            var found: [Slot] = []
            var slot = first(list)
            while let current = slot {
                found.append(current)
                slot = following(current)
            }
            return found
        }
    }
#endif
