// SPDX-License-Identifier: Apache-2.0

#if CACHING_INVARIANTS
    import Caching

    /// A timer wheel and the deadlines that it should find.
    final class WheelRun {
        static let tick: Int64 = 1 << 26

        private(set) var deadlines: [UInt32: Int64] = [:]
        /// How often a slot was looked at.
        private(set) var looks = 0
        /// How often the wheel did not know beforehand whether anything would be due.
        private(set) var wrongAnswers = 0
        private var wheel = TimerWheel()
        private var latest: Int64 = .min

        func insert(_ slot: UInt32, deadline: Int64, now: Int64) {
            latest = max(latest, now)
            wheel.advance(to: now)
            wheel.remove(slot)
            wheel.insert(slot, deadline: deadline, now: now)
            deadlines[slot] = deadline
        }

        func remove(_ slot: UInt32) {
            wheel.remove(slot)
            deadlines[slot] = nil
        }

        /// Lets time pass and takes out what has expired.
        func advance(to now: Int64) -> Set<UInt32> {
            latest = max(latest, now)
            let hadDue = wheel.hasDue(at: now)
            wheel.advance(to: now)
            if hadDue != (wheel.dueCount > 0) { wrongAnswers += 1 }
            var expired = Set<UInt32>()
            while let slot = wheel.nextDue() {
                looks += 1
                guard let deadline = deadlines[slot] else { return [.max] }
                if deadline <= now {
                    expired.insert(slot)
                    deadlines[slot] = nil
                } else {
                    wheel.insert(slot, deadline: deadline, now: now)
                }
            }
            return expired
        }

        /// What should have been found: its tick was over before the latest one began.
        var overdue: [UInt32] {
            deadlines.filter { $0.value >> 26 < latest >> 26 }.map(\.key)
        }

        var dueCount: Int { wheel.dueCount }

        func checkInvariants() throws {
            let deadlines = deadlines
            try wheel.checkInvariants { deadlines[$0] ?? .min }
        }
    }
#endif
