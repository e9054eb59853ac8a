// SPDX-License-Identifier: Apache-2.0

/// Four tiny caches without values, one for each expert, on a sample of the keys; the best of them is followed.
///
/// Sampling keys and scaling the cache down by the same factor keeps the hit ratio (SHARDS: Waldspurger et al., FAST
/// 2015). All four share one directory of records. A change of the expert needs a lead worth a quarter of the cache,
/// collected within about 32 cache sizes of requests: a smaller one does not pay for the content it throws away.
package struct ShadowCaches: ~Copyable, Sendable {
    /// How many records there are for each entry of a shadow: room for what all four hold, and for the absent ones.
    package static let recordsPerEntry = 4
    private static let memory = 32.0
    private static let leadToSwitch = 0.25

    private let addressOnly = AddressOnlyMarker()

    var directory: ShadowDirectory
    private(set) var queues: ShadowQueues

    /// How many entries a shadow holds by the scale of the sample, and how many it holds now.
    let nominalCapacity: Int
    private(set) var capacity: Int

    /// How many keys of the sample the real cache holds.
    package var resident: Int

    /// Whether every key is in the sample, so that the shadows are as large as the cache.
    private let isExact: Bool

    /// The expert to follow.
    package private(set) var current: Expert
    private var scores: [Double]

    /// Hits since the last review, 16 bits for each expert.
    private var hits: UInt64 = 0
    private var accessesUntilReview: Int
    private let reviewPeriod: Int
    private let decay: Double

    /// The number of accesses: the shadows' clock.
    private var clock: UInt32 = 1

    package init(
        entries: Int,
        current: Expert,
        resident: Int,
        isExact: Bool,
        recordsPerEntry: Int = Self.recordsPerEntry
    ) {
        nominalCapacity = entries
        capacity = entries
        self.current = current
        self.resident = resident
        self.isExact = isExact
        directory = ShadowDirectory(records: recordsPerEntry * entries + 8)
        queues = ShadowQueues(entries: entries + entries / 4 + 1)
        queues.resize(to: entries)
        scores = [Double](repeating: 0, count: Expert.allCases.count)
        reviewPeriod = max(1, entries / 16)
        accessesUntilReview = reviewPeriod
        decay = 1 - Double(reviewPeriod) / max(100, Self.memory * Double(entries))
    }

    /// Plays an access to a key that all shadows hold, which is nearly every one where caching pays.
    ///
    /// - Returns: Whether it is one; if not, nothing happened.
    @inline(__always)
    mutating func hit(_ hash: UInt32) -> Bool {
        guard accessesUntilReview > 1, let record = directory.find(hash), directory.hitInAll(record, clock &+ 1) else {
            return false
        }
        clock &+= 1
        hits &+= Self.spread(ShadowDirectory.residentInAll)
        accessesUntilReview -= 1
        return true
    }

    /// Plays an access to a key on every shadow.
    package mutating func access(_ hash: UInt32, sketch: borrowing FrequencySketch) {
        clock &+= 1
        let record: Int
        if let known = directory.find(hash) {
            record = known
            // How long it was away is learnt only where the real cache would learn it: when it is absent.
            if !directory.isResident(record, .recency) || !directory.isResident(record, .recencyWideWindow) {
                let eighths = (clock &- directory.lastAccess(record) &+ 7) / 8
                directory.setAbsence(record, UInt16(clamping: eighths))
            }
        } else {
            record = allocate(hash)
        }
        directory.setLastAccess(record, clock)
        let resident = directory.countHits(record)
        hits &+= Self.spread(resident)
        if resident != ShadowDirectory.residentInAll {
            for expert in Expert.allCases where !directory.isResident(record, expert) {
                queues.makeRoom(expert, &directory, clock: clock, sketch: sketch)
                queues.insert(record, expert, &directory)
            }
        }
        accessesUntilReview -= 1
        if accessesUntilReview == 0 { review() }
    }

    /// Gives the shadows as many entries as the real cache holds keys of the sample.
    ///
    /// The sample is a matter of luck: without this, a loop just larger than the cache might fit into a shadow.
    package mutating func fit() {
        guard !isExact, abs(resident - capacity) >= max(1, nominalCapacity / 128) else { return }
        capacity = min(max(1, resident), nominalCapacity + nominalCapacity / 4)
        queues.resize(to: capacity)
        for expert in Expert.allCases { queues.shrink(expert, &directory) }
    }

    private mutating func review() {
        accessesUntilReview = reviewPeriod
        var best = current
        for expert in Expert.allCases {
            let recent = (hits >> UInt64(expert.rawValue * 16)) & 0xFFFF
            scores[expert.rawValue] = scores[expert.rawValue] * decay + Double(recent)
            if scores[expert.rawValue] > scores[best.rawValue] { best = expert }
        }
        hits = 0
        let lead = scores[best.rawValue] - scores[current.rawValue]
        if lead > Self.leadToSwitch * Double(nominalCapacity) + 1 { current = best }
    }

    /// A record for a key that has none.
    private mutating func allocate(_ hash: UInt32) -> Int {
        while true {
            if let record = directory.allocate(hash) { return record }
            // All records are resident. Never skip the key: a choice that sees no new keys cannot change any more.
            for expert in Expert.allCases { queues.dropOldest(expert, &directory) }
        }
    }

    /// Moves bits 0, 4, 8 and 12 to 0, 16, 32 and 48.
    private static func spread(_ flags: UInt16) -> UInt64 {
        let flags = UInt64(flags)
        return (flags | flags << 12 | flags << 24 | flags << 36) & 0x0001_0001_0001_0001
    }
}
