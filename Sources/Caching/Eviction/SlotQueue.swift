// SPDX-License-Identifier: Apache-2.0

/// A first-in first-out queue of slots, linked through a column that the policy owns.
struct SlotQueue: Sendable {
    /// The value that stands for no slot.
    static let none = Slot(rawValue: .max)

    private(set) var head = none
    private(set) var tail = none

    /// The number of live entries; removed ones that are still linked do not count.
    var count = 0
    /// The sum of the costs of the live entries.
    var cost = 0

    /// Links a slot at the tail.
    mutating func link(_ slot: Slot, _ next: borrowing UnsafeColumn<Slot, Slot>) {
        next[slot] = Self.none
        if tail == Self.none { head = slot } else { next[tail] = slot }
        tail = slot
    }

    /// Unlinks the slot at the head; there must be one.
    mutating func unlinkHead(_ next: borrowing UnsafeColumn<Slot, Slot>) {
        head = next[head]
        if head == Self.none { tail = Self.none }
    }
}
