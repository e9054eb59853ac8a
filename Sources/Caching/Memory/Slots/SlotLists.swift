// SPDX-License-Identifier: Apache-2.0

/// Doubly linked lists of slots; a slot is in at most one list and is removed in O(1).
///
/// A link is a slot number plus one, or a list number with the highest bit set, which stands for both ends of that
/// list; zero is no link. A slot takes eight bytes.
package struct SlotLists: ~Copyable, Sendable {
    static let listBit: UInt32 = 1 << 31

    struct Links: BitwiseCopyable {
        var next: UInt32
        var previous: UInt32
    }

    private(set) var slots = UnsafeColumn<Slot, Links>(count: 1)
    private(set) var lists: UnsafeColumn<Int, Links>

    package init(lists count: Int) {
        lists = UnsafeColumn(count: count)
        for list in 0..<lists.count { close(list) }
    }

    package var listCount: Int { lists.count }

    /// Returns whether a slot is in a list.
    package func contains(_ slot: Slot) -> Bool { slot.index < slots.count && slots[slot].next != 0 }

    /// Returns the first slot of a list.
    package func first(_ list: Int) -> Slot? { slot(lists[list].next) }

    /// Returns the slot after a slot that is in a list.
    package func following(_ slot: Slot) -> Slot? { self.slot(slots[slot].next) }

    /// Inserts a slot, which must be in no list, at the front of a list.
    package mutating func insert(_ slot: Slot, into list: Int) {
        if slot.index >= slots.count { slots.grow(to: max(slot.index + 1, slots.count * 2)) }
        let end = Self.listBit | UInt32(truncatingIfNeeded: list)
        let first = lists[list].next
        slots[slot] = Links(next: first, previous: end)
        setPrevious(of: first, slot.rawValue + 1)
        lists[list].next = slot.rawValue + 1
    }

    /// Prefetches the links of a slot.
    func prefetch(_ slot: Slot) { slots.prefetch(slot) }

    /// Removes a slot from its list, if it is in one.
    package mutating func remove(_ slot: Slot) {
        guard contains(slot) else { return }
        let links = slots[slot]
        setNext(of: links.previous, links.next)
        setPrevious(of: links.next, links.previous)
        slots[slot] = Links(next: 0, previous: 0)
    }

    /// Moves all slots of a list to the front of another list: O(1).
    package mutating func moveAll(from source: Int, to target: Int) {
        let links = lists[source]
        guard slot(links.next) != nil else { return }
        let end = Self.listBit | UInt32(truncatingIfNeeded: target)
        let first = lists[target].next
        lists[target].next = links.next
        setPrevious(of: links.next, end)
        setNext(of: links.previous, first)
        setPrevious(of: first, links.previous)
        close(source)
    }

    /// Adds empty lists until there are this many.
    package mutating func growLists(to count: Int) {
        let old = lists.count
        lists.grow(to: count)
        for list in old..<max(old, lists.count) { close(list) }
    }

    private func close(_ list: Int) {
        let end = Self.listBit | UInt32(truncatingIfNeeded: list)
        lists[list] = Links(next: end, previous: end)
    }

    private func slot(_ link: UInt32) -> Slot? { link & Self.listBit == 0 ? Slot(rawValue: link - 1) : nil }

    private func setNext(of link: UInt32, _ next: UInt32) {
        if link & Self.listBit == 0 {
            slots[Slot(rawValue: link - 1)].next = next
        } else {
            lists[Int(link & ~Self.listBit)].next = next
        }
    }

    private func setPrevious(of link: UInt32, _ previous: UInt32) {
        if link & Self.listBit == 0 {
            slots[Slot(rawValue: link - 1)].previous = previous
        } else {
            lists[Int(link & ~Self.listBit)].previous = previous
        }
    }
}
