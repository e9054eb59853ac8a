// SPDX-License-Identifier: Apache-2.0

/// Decides which entry has to go: S3-FIFO (Yang et al., "FIFO queues are all you need for cache eviction", SOSP 2023).
///
/// New entries enter a small queue, a tenth of the capacity. What is asked for again before it reaches the end moves to
/// the main queue; the rest leaves and is remembered as a ghost, and enters the main queue directly when it comes back.
/// In the main queue each hit buys another round. It knows slots and hashes only: no keys, values, time or locks. A hit
/// is one saturating counter.
@usableFromInline
struct S3FIFOPolicy: Sendable {
    /// Hits since the slot was last passed by, at most 3.
    @usableFromInline var frequencies: [UInt8] = []

    private enum Queue: UInt8 { case none, small, main }

    private var queues: [Queue] = []
    private var next: [Int32] = []
    private var previous: [Int32] = []
    private var small = SlotQueue()
    private var main = SlotQueue()
    private var ghosts: GhostTable
    private let smallTarget: Int

    init(capacity: Int) {
        smallTarget = max(1, capacity / 10)
        ghosts = GhostTable(capacity: max(1, capacity - capacity / 10))
    }

    /// Records that a slot was read.
    @inlinable
    mutating func recordHit(_ slot: Int) {
        // Hot entries stop writing, so that their cache line stays shared.
        if frequencies[slot] < 3 { frequencies[slot] &+= 1 }
    }

    /// Admits a slot that was just filled.
    mutating func insert(_ slot: Int, hash: UInt64) {
        while frequencies.count <= slot {
            frequencies.append(0)
            queues.append(.none)
            next.append(-1)
            previous.append(-1)
        }
        frequencies[slot] = 0
        append(slot, to: ghosts.take(hash) ? .main : .small)
    }

    /// Forgets a slot that was emptied for another reason than ``evict(hashOf:)``.
    mutating func remove(_ slot: Int) { unlink(slot) }

    /// Takes the slot that has to go out of the queues; nil when there is none.
    ///
    /// - Complexity: amortised O(1): each round beyond the first uses up a hit.
    mutating func evict(hashOf: (Int) -> UInt64) -> Int? {
        while true {
            if small.count >= smallTarget || main.count == 0, let slot = small.head {
                unlink(slot)
                if frequencies[slot] > 1 {
                    frequencies[slot] = 0
                    append(slot, to: .main)
                } else {
                    ghosts.put(hashOf(slot))
                    return slot
                }
            } else if let slot = main.head {
                unlink(slot)
                if frequencies[slot] > 0 {
                    frequencies[slot] -= 1
                    append(slot, to: .main)
                } else {
                    return slot
                }
            } else {
                return nil
            }
        }
    }

    private mutating func append(_ slot: Int, to queue: Queue) {
        queues[slot] = queue
        let tail = queue == .main ? main.tail : small.tail
        previous[slot] = Int32(tail ?? -1)
        next[slot] = -1
        if let tail { next[tail] = Int32(slot) }
        if queue == .main { main.appended(slot) } else { small.appended(slot) }
    }

    private mutating func unlink(_ slot: Int) {
        let before = Int(previous[slot])
        let after = Int(next[slot])
        if before >= 0 { next[before] = Int32(after) }
        if after >= 0 { previous[after] = Int32(before) }
        switch queues[slot] {
        case .small: small.removed(before: before, after: after)
        case .main: main.removed(before: before, after: after)
        case .none: return
        }
        queues[slot] = .none
    }
}

/// The ends and the length of a queue that is linked through its slots.
private struct SlotQueue {
    var head: Int?
    var tail: Int?
    var count = 0

    mutating func appended(_ slot: Int) {
        if head == nil { head = slot }
        tail = slot
        count += 1
    }

    mutating func removed(before: Int, after: Int) {
        if before < 0 { head = after < 0 ? nil : after }
        if after < 0 { tail = before < 0 ? nil : before }
        count -= 1
    }
}
