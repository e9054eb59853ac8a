// SPDX-License-Identifier: Apache-2.0

/// Finds what has expired without looking at everything: a hierarchical timer wheel.
///
/// After Varghese and Lauck, Hashed and Hierarchical Timing Wheels (SOSP 1987). A slot is filed under the tick of its
/// deadline, in a coarser wheel the further away it is. When a tick is over, its slots are due, all at once in O(1);
/// they are then looked at one by one, a few with each write, and those that have not expired are filed again. A clock
/// that jumps, however far, moves at most all lists.
package struct TimerWheel: ~Copyable, Sendable {
    /// A tick of the finest wheel has 2^26 ns, 67 ms.
    ///
    /// Each wheel has 64 ticks, and a tick of the next one is as long as all of them: 4.3 s, 4.6 min, 4.9 h, 13 days.
    /// What lies further than 2.3 years away is looked at then.
    static let firstShift: Int64 = 26
    static let shiftPerLevel: Int64 = 6
    static let ticks: Int64 = 64
    static let levels: Int64 = 5

    static let due = Int(ticks * levels)

    private let addressOnly = AddressOnlyMarker()
    private(set) var lists = SlotLists(lists: due + 1)
    private(set) var time: Int64 = 0
    private var hasStarted = false

    /// A wheel whose time begins with the first slot that is filed.
    package init() {}

    /// Files a slot that is not filed, under its deadline.
    package mutating func insert(_ slot: Slot, deadline: CacheInstant, now: CacheInstant) {
        if !hasStarted { (time, hasStarted) = (now.nanoseconds, true) }
        lists.insert(slot, into: list(deadline.nanoseconds))
    }

    /// Says that a slot will be filed or forgotten soon.
    func prefetch(_ slot: Slot) { lists.prefetch(slot) }

    /// Forgets a slot, if it is filed.
    package mutating func remove(_ slot: Slot) { lists.remove(slot) }

    /// Whether a slot is filed.
    package func contains(_ slot: Slot) -> Bool { lists.contains(slot) }

    /// Whether a slot is due, or will be when the wheel has advanced to a time.
    ///
    /// O(1) in the number of slots, as to advance is.
    package func hasDue(at now: CacheInstant) -> Bool {
        var hasDue = lists.first(Self.due) != nil
        guard hasPassedTick(now) else { return hasDue }
        Self.forEachEnding(from: time, to: now.nanoseconds) { list in hasDue = hasDue || lists.first(list) != nil }
        return hasDue
    }

    /// Lets time pass: O(1) in the number of slots.
    package mutating func advance(to now: CacheInstant) {
        guard hasPassedTick(now) else { return }
        let before = time
        time = now.nanoseconds
        Self.forEachEnding(from: before, to: now.nanoseconds) { lists.moveAll(from: $0, to: Self.due) }
    }

    private func hasPassedTick(_ now: CacheInstant) -> Bool {
        hasStarted && now.nanoseconds >> Self.firstShift > time >> Self.firstShift
    }

    /// Names the lists that become due when time passes.
    private static func forEachEnding(from time: Int64, to now: Int64, _ body: (Int) -> Void) {
        for level in 0..<levels {
            let shift = firstShift + level * shiftPerLevel
            let (old, new) = (time >> shift, now >> shift)
            guard new > old else { return }
            // In the finest wheel the ticks that are over, in the others those that have begun, to be filed finer.
            let first = level == 0 ? old : old + 1
            for tick in max(first, new - ticks)...new where level > 0 || tick < new {
                body(Int(level * ticks + (tick & (ticks - 1))))
            }
        }
    }

    /// A slot that is due and no longer filed, or nil when there is none.
    ///
    /// The caller files it again if it has not expired.
    package mutating func nextDue() -> Slot? {
        guard let slot = lists.first(Self.due) else { return nil }
        lists.remove(slot)
        return slot
    }

    private func list(_ deadline: Int64) -> Int {
        for level in 0..<Self.levels {
            let shift = Self.firstShift + level * Self.shiftPerLevel
            let distance = (deadline >> shift) - (time >> shift)
            // Over already: it is found when the current tick is over.
            if distance <= 0 { return Int((time >> Self.firstShift) & (Self.ticks - 1)) }
            if distance < Self.ticks || level == Self.levels - 1 {
                let tick = (time >> shift) + min(distance, Self.ticks - 1)
                return Int(level * Self.ticks + (tick & (Self.ticks - 1)))
            }
        }
        return Self.due
    }
}
