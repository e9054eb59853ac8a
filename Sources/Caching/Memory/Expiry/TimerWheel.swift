// SPDX-License-Identifier: Apache-2.0

/// A hierarchical timer wheel, which finds expired slots without inspecting all of them.
///
/// After Varghese and Lauck, Hashed and Hierarchical Timing Wheels (SOSP 1987). A slot is in the list of the tick of its
/// deadline; distant deadlines are in coarser wheels. When a tick is over, all its slots become due in O(1). They are
/// then inspected one by one, a few with each write, and those that have not expired are inserted again. A clock that
/// jumps moves at most all lists, however far it jumps.
package struct TimerWheel: ~Copyable, Sendable {
    /// The binary logarithm of the nanoseconds in a tick of the finest wheel: 2^26 ns, 67 ms.
    ///
    /// Each wheel has 64 ticks, and a tick of the next wheel is as long as all of them: 4.3 s, 4.6 min, 4.9 h, 13 days.
    /// Slots with a deadline more than 2.3 years away are inspected after 2.3 years.
    static let firstShift: Int64 = 26
    static let shiftPerLevel: Int64 = 6
    static let ticks: Int64 = 64
    static let levels: Int64 = 5

    static let due = Int(ticks * levels)

    private let addressOnly = AddressOnlyMarker()
    private(set) var lists = SlotLists(lists: due + 1)
    private(set) var time: Int64 = 0
    private var hasStarted = false

    /// Creates a wheel whose time begins with the first slot that is inserted.
    package init() {}

    /// Inserts a slot, which must not be in the wheel, under its deadline.
    package mutating func insert(_ slot: Slot, deadline: CacheInstant, now: CacheInstant) {
        if !hasStarted { (time, hasStarted) = (now.nanoseconds, true) }
        lists.insert(slot, into: list(deadline.nanoseconds))
    }

    /// Prefetches the cache lines of a slot.
    func prefetch(_ slot: Slot) { lists.prefetch(slot) }

    /// Removes a slot, if it is in the wheel.
    package mutating func remove(_ slot: Slot) { lists.remove(slot) }

    /// Returns whether a slot is in the wheel.
    package func contains(_ slot: Slot) -> Bool { lists.contains(slot) }

    /// Returns whether a slot is due, or will be when the wheel has advanced to a time.
    ///
    /// - Complexity: O(1) in the number of slots.
    package func hasDue(at now: CacheInstant) -> Bool {
        var hasDue = lists.first(Self.due) != nil
        guard hasPassedTick(now) else { return hasDue }
        Self.forEachEnding(from: time, to: now.nanoseconds) { list in hasDue = hasDue || lists.first(list) != nil }
        return hasDue
    }

    /// Advances the wheel to a time: O(1) in the number of slots.
    package mutating func advance(to now: CacheInstant) {
        guard hasPassedTick(now) else { return }
        let before = time
        time = now.nanoseconds
        Self.forEachEnding(from: before, to: now.nanoseconds) { lists.moveAll(from: $0, to: Self.due) }
    }

    private func hasPassedTick(_ now: CacheInstant) -> Bool {
        hasStarted && now.nanoseconds >> Self.firstShift > time >> Self.firstShift
    }

    /// Calls a closure for each list that becomes due between two times.
    private static func forEachEnding(from time: Int64, to now: Int64, _ body: (Int) -> Void) {
        for level in 0..<levels {
            let shift = firstShift + level * shiftPerLevel
            let (old, new) = (time >> shift, now >> shift)
            guard new > old else { return }
            // In the finest wheel, ticks that are over become due; in the others, ticks that have begun, so that their slots
            // move to finer wheels.
            let first = level == 0 ? old : old + 1
            for tick in max(first, new - ticks)...new where level > 0 || tick < new {
                body(Int(level * ticks + (tick & (ticks - 1))))
            }
        }
    }

    /// Removes and returns a slot that is due, or returns nil when there is none.
    ///
    /// The caller inserts the slot again if it has not expired.
    package mutating func nextDue() -> Slot? {
        guard let slot = lists.first(Self.due) else { return nil }
        lists.remove(slot)
        return slot
    }

    private func list(_ deadline: Int64) -> Int {
        for level in 0..<Self.levels {
            let shift = Self.firstShift + level * Self.shiftPerLevel
            let distance = (deadline >> shift) - (time >> shift)
            // The deadline is over already: the slot becomes due when the current tick is over.
            if distance <= 0 { return Int((time >> Self.firstShift) & (Self.ticks - 1)) }
            if distance < Self.ticks || level == Self.levels - 1 {
                let tick = (time >> shift) + min(distance, Self.ticks - 1)
                return Int(level * Self.ticks + (tick & (Self.ticks - 1)))
            }
        }
        return Self.due
    }
}
