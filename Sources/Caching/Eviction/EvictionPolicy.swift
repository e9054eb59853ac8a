// SPDX-License-Identifier: Apache-2.0

/// The policy that chooses the entries to evict, by hashes and slot numbers.
///
/// The policy knows no keys, values, times or locks. Entries enter a window and may move on to the main queue; both are
/// FIFO queues with 2-bit counters, so that a hit changes one counter and no list. An ``Expert`` determines the size of
/// the window and the admission to the main queue. ``ShadowCaches`` try all four experts on a sample of the keys and
/// choose one. An evicted key leaves a ghost, from which its absence is known if it returns.
///
/// The parts come from S3-FIFO (Yang et al., SOSP 2023), LIRS (Jiang, Zhang, SIGMETRICS 2002) and W-TinyLFU
/// (Einziger, Friedman, Manes, ACM TOS 2017); the whole is described in Documentation/Eviction.md.
///
/// A caller records a miss, evicts while there is no room, and inserts:
///
///     policy.recordMiss(hash)
///     while !policy.hasRoom(for: cost) { discard(policy.evict(for: cost)) }
///     let slot = policy.insert(hash, cost: cost)
@usableFromInline
package struct EvictionPolicy: ~Copyable, Sendable {
    private let addressOnly = AddressOnlyMarker()

    /// The state of each slot: its hits since an eviction last passed it, at most 3, and the flags below.
    @usableFromInline var states: UnsafeColumn<Slot, UInt8>
    @usableFromInline static let countMask: UInt8 = 3
    static let isInMain: UInt8 = 4
    static let isDead: UInt8 = 8
    static let isLive: UInt8 = 16

    /// The bits of a hash that must have ``sampleValue`` for its key to be in the sample.
    @usableFromInline var sampleMask: UInt32
    @usableFromInline var sampleValue: UInt32

    var hashes: UnsafeColumn<Slot, UInt32>
    var next: UnsafeColumn<Slot, Slot>
    /// The position of the miss clock at which the slot was filled or last passed with hits.
    var lastPassed: UnsafeColumn<Slot, UInt16>
    /// The absence of the key before it was inserted, in quanta; 0 when it is not known.
    var absences: UnsafeColumn<Slot, UInt16>
    /// The costs of entries; not used when all cost 1.
    var costs: UnsafeColumn<Slot, UInt32>
    let hasCosts: Bool

    var window = SlotQueue()
    var main = SlotQueue()
    var ghosts: GhostTable
    var sketch: FrequencySketch
    /// The shadows; nearly empty where another policy of the cache feeds them.
    ///
    /// They are in memory of their own, because threads that count hits read the policy while one of them changes the
    /// shadows.
    let shadowBox: UniqueBox<ShadowCaches>
    let feedsShadows: Bool

    /// The largest sum of costs.
    private(set) var capacity: Int
    /// The part of the capacity that the expert gives to the window.
    private var windowShare = 0

    /// The cost of the largest recent entry, which decays.
    ///
    /// The window is never smaller. Otherwise such an entry would evict its cost from the main queue without a comparison.
    private var largestCost = 0

    /// The expected number of entries when the cache is full; sketch, ghosts, quantum and shadows are made for it.
    package internal(set) var expectedEntries: Int

    /// The number of misses, which is the miss clock.
    var misses: UInt64 = 1
    var quantumShift = 0
    var freeSlots = SlotQueue.none
    var slotCount = 0
    var deadCount = 0
    var hasEvicted = false

    /// The current expert; the window adapts to it with each miss.
    package var expert = Expert.initial {
        didSet { windowShare = expert.window(of: capacity) }
    }

    /// Creates an empty policy.
    ///
    /// - Parameters:
    ///   - capacity: The largest sum of costs; the number of entries when each costs 1. It may be 0.
    ///   - hasCosts: Whether entries may cost more than 1.
    ///   - feedsShadows: Whether the policy tries the experts itself; one of several policies of a cache is enough.
    package init(capacity: Int, hasCosts: Bool = false, feedsShadows: Bool = true) {
        self.capacity = max(0, capacity)
        self.hasCosts = hasCosts
        expectedEntries = max(1, hasCosts ? min(self.capacity, Self.initialExpectedEntries) : self.capacity)
        let slots = min(expectedEntries, Self.initialExpectedEntries)
        states = UnsafeColumn(count: slots)
        hashes = UnsafeColumn(count: slots)
        next = UnsafeColumn(count: slots)
        lastPassed = UnsafeColumn(count: slots)
        absences = UnsafeColumn(count: slots)
        costs = UnsafeColumn(count: hasCosts ? slots : 1)
        ghosts = GhostTable(entries: expectedEntries)
        sketch = FrequencySketch(entries: expectedEntries)
        quantumShift = Self.quantumShift(for: expectedEntries)
        (sampleMask, sampleValue) = (0, 1)
        self.feedsShadows = feedsShadows
        shadowBox = UniqueBox(ShadowCaches(entries: 1, current: .initial, resident: 0, isExact: true))
        if feedsShadows { startShadows() }
        windowShare = expert.window(of: self.capacity)
    }

    /// The first estimate of the number of entries when they have costs; it is doubled when it is reached.
    private static let initialExpectedEntries = 64

    /// The current capacity of the window.
    var windowCapacity: Int { hasCosts ? min(capacity, max(windowShare, largestCost)) : windowShare }

    /// The number of live entries.
    package var count: Int { window.count + main.count }

    /// The sum of the costs of the live entries.
    package var cost: Int { window.cost + main.cost }

    /// The slots that have been used, including free ones.
    package var usedSlots: Range<Slot> { 0..<Slot(slotCount) }

    /// Returns the hash of an entry.
    package func hash(of slot: Slot) -> UInt32 { hashes[slot] }

    /// Returns the cost of an entry.
    package func cost(of slot: Slot) -> Int { hasCosts ? Int(costs[slot]) : 1 }

    /// Returns whether a slot holds a live entry.
    package func isLive(_ slot: Slot) -> Bool { slot.index < slotCount && states[slot] & Self.isLive != 0 }

    /// Counts a hit, and replays it in the shadows if the key is in the sample.
    package func recordHit(_ slot: Slot, hash: UInt32) {
        countHit(slot)
        if isSampled(hash) { sample(hash) }
    }

    /// Counts a hit without replaying it in the shadows.
    ///
    /// Several threads may call it at once while nothing else changes the policy; of two concurrent hits one may be lost.
    @inlinable
    @inline(__always)
    package func countHit(_ slot: Slot) {
        let state = states.loadRelaxed(slot)
        // Stored only if it changes, because a store to a line that other threads read is expensive for all of them.
        if state & Self.countMask != Self.countMask { states.storeRelaxed(state &+ 1, slot) }
    }

    /// Returns whether a key is in the sample of the shadows.
    @inlinable
    package func isSampled(_ hash: UInt32) -> Bool { hash & sampleMask == sampleValue }

    /// Prefetches the cache lines that recording a miss needs.
    package func prefetch(_ hash: UInt32) {
        sketch.prefetch(PolicyHash(hash))
        ghosts.prefetch(PolicyHash(hash))
    }

    /// Records a miss that is about to be filled, and adapts the size of the window a little.
    package mutating func recordMiss(_ hash: UInt32) {
        sketch.add(PolicyHash(hash))
        if isSampled(hash) { sample(hash) }
        followShadows()
        misses += 1
        hasEvicted = false
        // A window that is too large passes its oldest entries to a main queue with room, without a comparison.
        var moves = 0
        while moves < 4, window.cost >= windowCapacity, main.cost < mainCapacity, let oldest = windowHead(),
            main.cost <= mainCapacity - cost(of: oldest)
        {
            moves += 1
            if !giveSecondChance(oldest) {
                unlinkWindowHead()
                moveToMain(oldest)
            }
        }
    }

    /// The largest number of entries, whatever they cost.
    ///
    /// Slot numbers have 24 bits in the index of the store, and removed entries keep their slots for a while.
    package static let maximumEntries = 1 << 23

    /// Returns whether an entry of this cost fits without an eviction; with 0, whether the present entries fit.
    package func hasRoom(for cost: Int) -> Bool {
        self.cost <= capacity - cost && (cost == 0 || count < Self.maximumEntries)
    }

    /// Inserts an entry and returns its slot; there must be room.
    package mutating func insert(_ hash: UInt32, cost: Int = 1) -> Slot {
        if count >= expectedEntries { grow() }
        let slot = takeFreeSlot()
        let bits = PolicyHash(hash)
        hashes[slot] = hash
        states[slot] = Self.isLive
        lastPassed[slot] = missClock
        absences[slot] = ghosts.take(bits, missClock: missClock)
        if hasCosts {
            costs[slot] = UInt32(clamping: cost)
            largestCost = max(cost, largestCost - largestCost / expectedEntries - 1)
        }
        window.link(slot, next)
        window.count += 1
        window.cost += self.cost(of: slot)
        noteResident(hash, 1)
        if hasEvicted || self.cost == capacity { shadows.fit() }
        return slot
    }

    /// Evicts an entry to make room for a cost, and returns its slot, which is free; there must be an entry.
    package mutating func evict(for cost: Int = 1) -> Slot {
        hasEvicted = true
        let windowLimit = max(0, windowCapacity - max(1, cost))
        while true {
            let isWindowTurn = window.cost > windowLimit || main.count == 0 || windowCapacity == 0
            guard isWindowTurn, let candidate = windowHead() else {
                // A caller evicts while there is no room. Without an entry to evict, it would loop forever under a lock.
                guard let victim = mainVictim() else { fatalError("swift-caching: evicting from an empty cache") }
                unlinkMainHead()
                return leave(victim)
            }
            if giveSecondChance(candidate) { continue }
            guard let victim = mainVictim() else {
                unlinkWindowHead()
                return leave(candidate)
            }
            if mainCapacity == 0 {
                unlinkMainHead()
                return leave(victim)
            }
            unlinkWindowHead()
            guard admits(candidate, insteadOf: victim) else { return leave(candidate) }
            unlinkMainHead()
            moveToMain(candidate)
            return leave(victim)
        }
    }

    /// Removes an entry that was invalidated or has expired, without a ghost.
    ///
    /// Queues are linked in one direction, so the slot stays linked and is freed when it reaches the head. O(1),
    /// amortised.
    package mutating func remove(_ slot: Slot) {
        noteResident(hashes[slot], -1)
        forget(slot)
        states[slot] = states[slot] & Self.isInMain | Self.isDead
        deadCount += 1
        if deadCount > count / 8 + 16 { compact() }
    }

    /// Changes the cost of an entry; the caller evicts while ``cost`` exceeds the capacity.
    package mutating func setCost(_ slot: Slot, _ cost: Int) {
        guard hasCosts else { return }
        let difference = Int(UInt32(clamping: cost)) - Int(costs[slot])
        costs[slot] = UInt32(clamping: cost)
        if states[slot] & Self.isInMain != 0 { main.cost += difference } else { window.cost += difference }
    }

    /// Changes the capacity; the caller evicts while ``cost`` exceeds it.
    package mutating func resize(to capacity: Int) {
        self.capacity = max(0, capacity)
        windowShare = expert.window(of: self.capacity)
        if !hasCosts { rescale(max(1, self.capacity)) }
    }
}
