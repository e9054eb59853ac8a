// SPDX-License-Identifier: Apache-2.0

#if CACHING_INVARIANTS
    import Caching

    /// A timer wheel and the expected deadlines.
    final class WheelRun {
        static let tick: Int64 = 1 << 26

        private(set) var deadlines: [Slot: Int64] = [:]
        /// The number of inspections of slots.
        private(set) var looks = 0
        /// The number of times that `hasDue(at:)` was wrong.
        private(set) var wrongAnswers = 0
        private var wheel = TimerWheel()
        private var latest: Int64 = .min

        func insert(_ slot: Slot, deadline: Int64, now: Int64) {
            latest = max(latest, now)
            wheel.advance(to: CacheInstant(nanoseconds: now))
            wheel.remove(slot)
            file(slot, deadline: deadline, now: now)
            deadlines[slot] = deadline
        }

        private func file(_ slot: Slot, deadline: Int64, now: Int64) {
            wheel.insert(
                slot,
                deadline: CacheInstant(nanoseconds: deadline),
                now: CacheInstant(nanoseconds: now)
            )
        }

        func remove(_ slot: Slot) {
            wheel.remove(slot)
            deadlines[slot] = nil
        }

        /// Advances the wheel, and removes and returns the slots that have expired.
        func advance(to now: Int64) -> Set<Slot> {
            latest = max(latest, now)
            let hadDue = wheel.hasDue(at: CacheInstant(nanoseconds: now))
            wheel.advance(to: CacheInstant(nanoseconds: now))
            if hadDue != (wheel.dueCount > 0) { wrongAnswers += 1 }
            var expired = Set<Slot>()
            while let slot = wheel.nextDue() {
                looks += 1
                guard let deadline = deadlines[slot] else { return [Slot(rawValue: .max)] }
                if deadline <= now {
                    expired.insert(slot)
                    deadlines[slot] = nil
                } else {
                    file(slot, deadline: deadline, now: now)
                }
            }
            return expired
        }

        /// The slots that should have become due: their tick was over before the latest one began.
        var overdue: [Slot] {
            deadlines.filter { $0.value >> 26 < latest >> 26 }.map(\.key)
        }

        var dueCount: Int { wheel.dueCount }

        func checkInvariants() throws {
            let deadlines = deadlines
            try wheel.checkInvariants { CacheInstant(nanoseconds: deadlines[$0] ?? .min) }
        }
    }
#endif
