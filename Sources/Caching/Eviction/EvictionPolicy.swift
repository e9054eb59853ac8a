// SPDX-License-Identifier: Apache-2.0

/// Decides which entry has to go: hashes and slot numbers in, decisions out.
///
/// It knows no keys, values, times or locks. Entries enter a window and may go on to the main queue; both are FIFO
/// queues with 2-bit counters, so that a hit is one counter and no list is touched. How large the window is and how
/// its victims are admitted is up to an ``Expert``, and which expert that is, to ``ShadowCaches``, which try all four
/// on a sample of the keys. Evicted keys leave a ghost, so that one that comes back tells how long it was away.
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

    /// Per slot: hits since it was last passed by, at most 3, and the flags below.
    @usableFromInline var states: UnsafeColumn<Slot, UInt8>
    @usableFromInline static let countMask: UInt8 = 3
    static let isInMain: UInt8 = 4
    static let isDead: UInt8 = 8
    static let isLive: UInt8 = 16

    /// A hash feeds the shadows if these of its bits have this value.
    @usableFromInline var sampleMask: UInt32
    @usableFromInline var sampleValue: UInt32

    var hashes: UnsafeColumn<Slot, UInt32>
    var next: UnsafeColumn<Slot, Slot>
    /// When the slot was filled or last passed by with hits, in quanta of the miss clock.
    var lastPassed: UnsafeColumn<Slot, UInt16>
    /// How long the key had been away when it came back, in quanta; 0 when that is not known.
    var absences: UnsafeColumn<Slot, UInt16>
    /// What entries cost; not used while all cost 1.
    var costs: UnsafeColumn<Slot, UInt32>
    let hasCosts: Bool

    var window = SlotQueue()
    var main = SlotQueue()
    var ghosts: GhostTable
    var sketch: FrequencySketch
    /// Without entries to speak of where it is another policy of the cache that feeds them.
    ///
    /// UniqueBox, because those who count hits read the policy while one of them shows a hit to the shadows.
    let shadowBox: UniqueBox<ShadowCaches>
    let feedsShadows: Bool

    /// The largest sum of costs, and how much of it is window by the expert's share.
    private(set) var capacity: Int
    private var windowShare = 0

    /// What the largest entry costs of those that came lately; it fades.
    ///
    /// The window is never smaller: each of them would push its cost out of the main queue without a contest.
    private var largestCost = 0

    /// About how many entries there are when it is full: the measure of sketch, ghosts, quantum and shadows.
    package internal(set) var expectedEntries: Int

    /// How many misses there were.
    var misses: UInt64 = 1
    var quantumShift = 0
    var freeSlots = SlotQueue.none
    var slotCount = 0
    var deadCount = 0
    var hasEvicted = false

    /// The expert that is followed; what follows from it is done miss by miss.
    package var expert = Expert.initial {
        didSet { windowShare = expert.window(of: capacity) }
    }

    /// An empty policy.
    ///
    /// - Parameters:
    ///   - capacity: The largest sum of costs; the number of entries when each costs 1. It may be 0.
    ///   - hasCosts: Whether entries may cost more than 1.
    ///   - feedsShadows: Whether it tries the experts itself. Of several policies that share a cache one is enough.
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

    /// With costs it is not known how many entries there will be: their number is learnt by doubling.
    private static let initialExpectedEntries = 64

    /// How much of the capacity is window now.
    var windowCapacity: Int { hasCosts ? min(capacity, max(windowShare, largestCost)) : windowShare }

    /// The number of live entries.
    package var count: Int { window.count + main.count }

    /// The sum of the costs of the live entries.
    package var cost: Int { window.cost + main.cost }

    /// The slots that were ever used.
    package var usedSlots: Range<Slot> { 0..<Slot(slotCount) }

    /// The hash of an entry.
    package func hash(of slot: Slot) -> UInt32 { hashes[slot] }

    /// What an entry costs.
    package func cost(of slot: Slot) -> Int { hasCosts ? Int(costs[slot]) : 1 }

    /// Whether a slot holds a live entry.
    package func isLive(_ slot: Slot) -> Bool { slot.index < slotCount && states[slot] & Self.isLive != 0 }

    /// Counts a hit: one counter, and the shadows if the key is in the sample.
    package func recordHit(_ slot: Slot, hash: UInt32) {
        countHit(slot)
        if isSampled(hash) { sample(hash) }
    }

    /// Counts a hit, but does not show it to the shadows.
    ///
    /// Several threads may do this at once while nothing else happens: at worst one hit of two counts.
    @inlinable
    @inline(__always)
    package func countHit(_ slot: Slot) {
        let state = states.loadRelaxed(slot)
        // Only if it changes: a store to a line that others read costs them, and it costs this one.
        if state & Self.countMask != Self.countMask { states.storeRelaxed(state &+ 1, slot) }
    }

    /// Whether the shadows are to see the accesses to a key.
    @inlinable
    package func isSampled(_ hash: UInt32) -> Bool { hash & sampleMask == sampleValue }

    /// Says that a hash will be recorded as a miss soon.
    package func prefetch(_ hash: UInt32) {
        sketch.prefetch(PolicyHash(hash))
        ghosts.prefetch(PolicyHash(hash))
    }

    /// Counts a miss that is about to be filled, and moves the border between window and main a little.
    package mutating func recordMiss(_ hash: UInt32) {
        sketch.add(PolicyHash(hash))
        if isSampled(hash) { sample(hash) }
        followShadows()
        misses += 1
        hasEvicted = false
        // A window that is too large shrinks by giving its oldest entries to a main that has room, without a contest.
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

    /// No more entries than this, whatever they cost.
    ///
    /// Slot numbers have 24 bits in the store's index, and removed entries keep theirs for a while.
    package static let maximumEntries = 1 << 23

    /// Whether an entry of this cost fits without evicting; with a cost of 0, whether what is there does.
    package func hasRoom(for cost: Int) -> Bool {
        self.cost <= capacity - cost && (cost == 0 || count < Self.maximumEntries)
    }

    /// Fills a slot, which is new or was freed; there must be room.
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

    /// Chooses an entry that makes room for one of some cost, frees its slot and remembers its ghost; there must be an
    /// entry.
    package mutating func evict(for cost: Int = 1) -> Slot {
        hasEvicted = true
        let windowLimit = max(0, windowCapacity - max(1, cost))
        while true {
            let isWindowTurn = window.cost > windowLimit || main.count == 0 || windowCapacity == 0
            guard isWindowTurn, let candidate = windowHead() else {
                // A caller evicts while there is no room, and an empty cache has room for all that the capacity allows:
                // to go on without an entry would be a loop without an end, under a lock.
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

    /// Lets an entry go that was removed or has expired; it leaves no ghost.
    ///
    /// Queues are linked one way, so the slot stays where it is and is reused when it reaches a head. O(1), amortised.
    package mutating func remove(_ slot: Slot) {
        noteResident(hashes[slot], -1)
        forget(slot)
        states[slot] = states[slot] & Self.isInMain | Self.isDead
        deadCount += 1
        if deadCount > count / 8 + 16 { compact() }
    }

    /// Changes what an entry costs; the caller evicts if it is too much.
    package mutating func setCost(_ slot: Slot, _ cost: Int) {
        guard hasCosts else { return }
        let difference = Int(UInt32(clamping: cost)) - Int(costs[slot])
        costs[slot] = UInt32(clamping: cost)
        if states[slot] & Self.isInMain != 0 { main.cost += difference } else { window.cost += difference }
    }

    /// Changes the capacity; the caller evicts while ``cost`` is above it.
    package mutating func resize(to capacity: Int) {
        self.capacity = max(0, capacity)
        windowShare = expert.window(of: self.capacity)
        if !hasCosts { rescale(max(1, self.capacity)) }
    }
}
