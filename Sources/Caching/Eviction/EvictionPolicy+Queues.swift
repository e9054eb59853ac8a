// SPDX-License-Identifier: Apache-2.0

/// Moves between the window, the main queue and the free slots.
extension EvictionPolicy {
    var mainCapacity: Int { capacity - windowCapacity }

    /// The position of the miss clock, in quanta: the lower 16 bits, compared modulo 65,536.
    var missClock: UInt16 { UInt16(truncatingIfNeeded: misses >> UInt64(quantumShift)) }

    /// Returns the distance from an earlier position of the miss clock.
    func age(since position: UInt16) -> UInt16 { missClock &- position }

    /// Returns the oldest entry of the window, and frees dead slots before it.
    mutating func windowHead() -> Slot? {
        while window.head != SlotQueue.none {
            let slot = window.head
            if states[slot] & Self.isDead == 0 { return slot }
            window.unlinkHead(next)
            reclaim(slot)
        }
        return nil
    }

    /// Returns the oldest entry of the main queue without hits; entries with hits pay one hit for another round.
    mutating func mainVictim() -> Slot? {
        while main.head != SlotQueue.none {
            let slot = main.head
            let state = states[slot]
            if state & Self.isDead != 0 {
                main.unlinkHead(next)
                reclaim(slot)
            } else if state & Self.countMask != 0 {
                sketch.add(PolicyHash(hashes[slot]))
                states[slot] = state - 1
                lastPassed[slot] = missClock
                main.unlinkHead(next)
                main.link(slot, next)
            } else {
                return slot
            }
        }
        return nil
    }

    /// Moves the oldest entry of the window to the tail if it had hits.
    ///
    /// Hits are added to the sketch here instead of when they happen. That makes hits cheaper and is as effective.
    mutating func giveSecondChance(_ slot: Slot) -> Bool {
        let hits = states[slot] & Self.countMask
        guard hits != 0 else { return false }
        let bits = PolicyHash(hashes[slot])
        for _ in 0..<hits { sketch.add(bits) }
        states[slot] &= ~Self.countMask
        lastPassed[slot] = missClock
        window.unlinkHead(next)
        window.link(slot, next)
        return true
    }

    /// Returns whether a candidate from the window is admitted to the main queue instead of the victims there.
    ///
    /// A candidate that costs more than one victim is compared with as many as it needs: it must have been seen more
    /// often than all of them together, or more recently than each.
    func admits(_ candidate: Slot, insteadOf victim: Slot) -> Bool {
        let frequency = expert.admitsByFrequency ? sketch.estimate(PolicyHash(hashes[candidate])) : 0
        var victims = 0
        var freed = 0
        var slot = victim
        while true {
            if states[slot] & Self.isDead == 0 {
                if states[slot] & Self.countMask != 0 { return false }
                if expert.admitsByFrequency {
                    victims += sketch.estimate(PolicyHash(hashes[slot]))
                    if frequency <= victims { return false }
                } else if absences[candidate] == 0 || absences[candidate] >= age(since: lastPassed[slot]) {
                    return false
                }
                freed += cost(of: slot)
            }
            slot = next[slot]
            if freed >= cost(of: candidate) || slot == SlotQueue.none { return true }
        }
    }

    mutating func unlinkWindowHead() {
        let slot = window.head
        window.unlinkHead(next)
        window.count -= 1
        window.cost -= cost(of: slot)
    }

    mutating func unlinkMainHead() {
        let slot = main.head
        main.unlinkHead(next)
        main.count -= 1
        main.cost -= cost(of: slot)
    }

    mutating func moveToMain(_ slot: Slot) {
        states[slot] = Self.isLive | Self.isInMain
        main.link(slot, next)
        main.count += 1
        main.cost += cost(of: slot)
    }

    /// Frees the slot of an entry that was unlinked from its queue, and stores its ghost.
    mutating func leave(_ slot: Slot) -> Slot {
        ghosts.put(PolicyHash(hashes[slot]), lastSeen: lastPassed[slot], missClock: missClock)
        noteResident(hashes[slot], -1)
        states[slot] = 0
        free(slot)
        return slot
    }

    /// Subtracts an entry, which stays linked, from the counts of its queue.
    mutating func forget(_ slot: Slot) {
        if states[slot] & Self.isInMain != 0 {
            main.count -= 1
            main.cost -= cost(of: slot)
        } else {
            window.count -= 1
            window.cost -= cost(of: slot)
        }
    }

    mutating func takeFreeSlot() -> Slot {
        if freeSlots != SlotQueue.none {
            let slot = freeSlots
            freeSlots = next[slot]
            return slot
        }
        if slotCount == states.count {
            let size = slotCount * 2
            states.grow(to: size)
            hashes.grow(to: size)
            next.grow(to: size)
            lastPassed.grow(to: size)
            absences.grow(to: size)
            if hasCosts { costs.grow(to: size) }
        }
        slotCount += 1
        return Slot(slotCount - 1)
    }

    /// Frees the slots of removed entries that are still linked: O(entries), once for at least an eighth as many removals.
    mutating func compact() {
        window = compacted(window)
        main = compacted(main)
    }

    private mutating func compacted(_ old: SlotQueue) -> SlotQueue {
        var old = old
        var queue = SlotQueue()
        (queue.count, queue.cost) = (old.count, old.cost)
        while old.head != SlotQueue.none {
            let slot = old.head
            old.unlinkHead(next)
            if states[slot] & Self.isDead != 0 { reclaim(slot) } else { queue.link(slot, next) }
        }
        return queue
    }

    private mutating func reclaim(_ slot: Slot) {
        deadCount -= 1
        states[slot] = 0
        free(slot)
    }

    private mutating func free(_ slot: Slot) {
        next[slot] = freeSlots
        freeSlots = slot
    }
}
