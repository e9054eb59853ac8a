// SPDX-License-Identifier: Apache-2.0

#if CACHING_INVARIANTS
    extension EvictionPolicy {
        /// Checks that every slot is in the right place, and that all counts are right.
        ///
        /// O(slots). The invariants hold between calls, when the cost is at most the capacity.
        package func checkInvariants() throws(InvariantViolation) {
            var places = [Place](repeating: .nowhere, count: slotCount)
            let deadInWindow = try check(window, as: .window, &places)
            let deadInMain = try check(main, as: .main, &places)
            try checkFreeSlots(&places)
            try ensure(!places.contains(.nowhere), "every slot is in a queue or free")
            let dead = deadInWindow + deadInMain
            try ensure(dead == deadCount, "\(dead) slots are dead, as counted: \(deadCount)")
            try ensure(deadCount <= slotCount / 8 + 16, "\(deadCount) dead of \(slotCount) slots are few")
            try ensure(cost <= capacity, "the cost \(cost) is at most the capacity \(capacity)")
            try ensure(hasCosts || count <= Self.maximumEntries, "\(count) entries can be numbered")
            try ensure(windowCapacity >= expert.window(of: capacity), "the window has the expert's share")
            try ensure(
                quantumShift == Self.quantumShift(for: expectedEntries),
                "the quantum suits the number of entries"
            )
            for capacity in [states.count, hashes.count, next.count, lastPassed.count, absences.count] {
                try ensure(slotCount <= capacity, "every column has a row for each slot")
            }
            try ensure(!hasCosts || slotCount <= costs.count, "every slot has a cost")
            guard feedsShadows else { return }
            try ensure(sampleValue == 0, "it feeds the shadows")
            let sampled = usedSlots.count { states[$0] & Self.isLive != 0 && hashes[$0] & sampleMask == 0 }
            try ensure(sampled == shadows.resident, "\(sampled) entries are in the sample, as counted")
            try shadows.checkInvariants()
        }

        /// The numbers of entries in the window and in the main queue.
        package var queueCounts: (window: Int, main: Int) { (window.count, main.count) }

        /// The number of removed entries that still have their slots.
        package var deadSlots: Int { deadCount }

        /// Returns the absence of the key of an entry, in quanta; 0 when it is not known.
        package func absence(of slot: Slot) -> UInt16 { absences[slot] }

        private enum Place { case nowhere, window, main, free }

        /// Checks a queue and returns the number of its dead slots.
        private func check(_ queue: SlotQueue, as place: Place, _ places: inout [Place]) throws(InvariantViolation)
            -> Int
        {
            var (live, dead, cost) = (0, 0, 0)
            var slot = queue.head
            var last = SlotQueue.none
            while slot != SlotQueue.none {
                try ensure(slot.index < slotCount, "\(slot) in \(place) is a slot")
                try ensure(places[slot.index] == .nowhere, "slot \(slot) is in one queue, once")
                places[slot.index] = place
                let isInMain = states[slot] & Self.isInMain != 0
                try ensure(isInMain == (place == .main), "slot \(slot) knows that it is in \(place)")
                if states[slot] & Self.isLive != 0 {
                    try ensure(states[slot] & Self.isDead == 0, "slot \(slot) is not both dead and alive")
                    live += 1
                    cost += self.cost(of: slot)
                } else {
                    try ensure(states[slot] & Self.isDead != 0, "slot \(slot) in \(place) is dead or alive")
                    dead += 1
                }
                last = slot
                slot = next[slot]
            }
            try ensure(queue.tail == last, "\(place) ends with its tail")
            try ensure(live == queue.count, "\(live) entries are in \(place), as counted: \(queue.count)")
            try ensure(cost == queue.cost, "\(place) costs \(cost), as counted: \(queue.cost)")
            return dead
        }

        private func checkFreeSlots(_ places: inout [Place]) throws(InvariantViolation) {
            var slot = freeSlots
            while slot != SlotQueue.none {
                try ensure(slot.index < slotCount, "the free \(slot) is a slot")
                try ensure(places[slot.index] == .nowhere, "the free slot \(slot) is nowhere else")
                try ensure(states[slot] == 0, "the free slot \(slot) has no state")
                places[slot.index] = .free
                slot = next[slot]
            }
        }
    }
#endif
