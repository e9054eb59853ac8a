// SPDX-License-Identifier: Apache-2.0

/// Four small caches without values, one for each expert, which choose the expert to follow on a sample of the keys.
///
/// Sampling keys and scaling the cache down by the same factor keeps the hit ratio (SHARDS: Waldspurger et al., FAST
/// 2015). All four share one directory of records. A change of the expert needs a lead of a quarter of the cache, within
/// about 32 cache sizes of requests: a smaller one does not pay for the entries that the change evicts.
package struct ShadowCaches: ~Copyable, Sendable {
    /// The number of records for each entry of a shadow: enough for the entries of all four, and for absent keys.
    package static let recordsPerEntry = 4
    private static let memory = 32.0
    private static let leadToSwitch = 0.25

    private let addressOnly = AddressOnlyMarker()

    var directory: ShadowDirectory
    private(set) var queues: ShadowQueues

    /// The number of entries in a shadow by the scale of the sample; the current number is ``capacity``.
    let nominalCapacity: Int
    private(set) var capacity: Int

    /// The number of keys of the sample in the real cache.
    package var resident: Int

    /// Whether every key is in the sample, so that the shadows are as large as the cache.
    private let isExact: Bool

    /// The expert to follow.
    package private(set) var current: Expert
    private var scores: [Double]

    /// The hits since the last review, 16 bits for each expert.
    private var hits: UInt64 = 0
    private var accessesUntilReview: Int
    private let reviewPeriod: Int
    private let decay: Double

    /// The number of accesses, which is the clock of the shadows.
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

    /// Replays an access to a key that all shadows hold, the usual case.
    ///
    /// - Returns: Whether all shadows hold the key; if not, nothing changes.
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

    /// Replays an access to a key in every shadow.
    package mutating func access(_ hash: UInt32, sketch: borrowing FrequencySketch) {
        clock &+= 1
        let record: Int
        if let known = directory.find(hash) {
            record = known
            // The real cache learns the absence only when the key is absent, and so do the shadows.
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

    /// Sets the capacity of the shadows to the number of keys of the sample in the real cache.
    ///
    /// The size of a sample is random: otherwise a loop just larger than the cache might fit in a shadow.
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

    /// Returns a new record for a key.
    private mutating func allocate(_ hash: UInt32) -> Int {
        while true {
            if let record = directory.allocate(hash) { return record }
            // All records are resident. The key must not be skipped: without new keys, the choice could not change again.
            for expert in Expert.allCases { queues.dropOldest(expert, &directory) }
        }
    }

    /// Moves bits 0, 4, 8 and 12 to 0, 16, 32 and 48.
    private static func spread(_ flags: UInt16) -> UInt64 {
        let flags = UInt64(flags)
        return (flags | flags << 12 | flags << 24 | flags << 36) & 0x0001_0001_0001_0001
    }
}
