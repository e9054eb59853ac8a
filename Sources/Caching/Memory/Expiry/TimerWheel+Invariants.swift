// SPDX-License-Identifier: Apache-2.0

#if CACHING_INVARIANTS
    extension TimerWheel {
        /// Checks that every slot becomes due at most one tick after its deadline.
        ///
        /// O(slots). A deadline that was over when the slot was inserted counts as if it were in that tick.
        package func checkInvariants(deadline: (Slot) -> CacheInstant) throws(InvariantViolation) {
            try lists.checkInvariants()
            for level in 0..<Self.levels {
                let shift = Self.firstShift + level * Self.shiftPerLevel
                for place in 0..<Self.ticks {
                    // The lists of the finest wheel become due when their tick is over, the others when it begins.
                    let first = (time >> shift) + (level == 0 ? 0 : 1)
                    let tick = first + ((place - first) & (Self.ticks - 1))
                    for slot in lists.slots(in: Int(level * Self.ticks + place)) {
                        let end = deadline(slot).nanoseconds
                        try ensure(
                            tick <= max(end, time) >> shift,
                            "slot \(slot) with the deadline \(end) is found in time: level \(level), tick \(tick)"
                        )
                    }
                }
            }
        }

        /// The number of slots that are due.
        package var dueCount: Int { lists.slots(in: Self.due).count }
    }
#endif
