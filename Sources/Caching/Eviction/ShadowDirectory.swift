// SPDX-License-Identifier: Apache-2.0

/// The records of sampled keys, with their states in the four shadows: a chained hash table of at most 65,535 records.
struct ShadowDirectory: ~Copyable, Sendable {
    /// The flags of all experts, for a key that all four hold.
    static let residentInAll: UInt16 = 0x1111

    static let none = UInt16.max

    struct Record: BitwiseCopyable {
        var hash: UInt32
        var lastAccess: UInt32
        /// The absence of the key, in units of eight accesses; 0 when it is not known.
        var absence: UInt16
        var next: UInt16
        /// Four bits for each expert: a counter of two bits, a flag for the window, and a flag for the main queue.
        var states: UInt16
    }

    static let countMask: UInt16 = 3
    static let inWindow: UInt16 = 4
    static let inMain: UInt16 = 8

    private(set) var records: UnsafeColumn<Int, Record>
    private(set) var heads: UnsafeColumn<Int, UInt16>
    let size: Int
    private let headShift: UInt32
    private(set) var used = 0
    private var clockHand = 0

    init(records size: Int) {
        self.size = min(size, Int(Self.none))
        records = UnsafeColumn(count: self.size)
        var bits: UInt32 = 4
        while 1 << bits < self.size { bits += 1 }
        heads = UnsafeColumn(count: 1 << bits)
        headShift = 32 - bits
        for index in 0..<heads.count { heads[index] = Self.none }
    }

    @inline(__always)
    func find(_ hash: UInt32) -> Int? {
        var record = heads[head(hash)]
        while record != Self.none {
            if records[Int(record)].hash == hash { return Int(record) }
            record = records[Int(record)].next
        }
        return nil
    }

    /// Returns a record for a new key: an unused one, or the next one that no shadow holds; nil when there is none.
    mutating func allocate(_ hash: UInt32) -> Int? {
        var record = used
        if used < size {
            used += 1
        } else {
            guard let free = nextFree() else { return nil }
            record = free
            unlink(record)
        }
        let head = head(hash)
        records[record] = Record(hash: hash, lastAccess: 0, absence: 0, next: heads[head], states: 0)
        heads[head] = UInt16(truncatingIfNeeded: record)
        return record
    }

    /// Counts a hit for each expert that holds the key, and returns the flags of these experts.
    mutating func countHits(_ record: Int) -> UInt16 {
        let states = records[record].states
        let resident = (states >> 2 | states >> 3) & Self.residentInAll
        let full = states & states >> 1 & Self.residentInAll
        records[record].states = states &+ (resident & ~full)
        return resident
    }

    /// Counts a hit for all experts and returns true if all hold the key; otherwise changes nothing.
    @inline(__always)
    mutating func hitInAll(_ record: Int, _ time: UInt32) -> Bool {
        let states = records[record].states
        guard (states >> 2 | states >> 3) & Self.residentInAll == Self.residentInAll else { return false }
        records[record].states = states &+ (~(states & states >> 1) & Self.residentInAll)
        records[record].lastAccess = time
        return true
    }

    func hash(_ record: Int) -> UInt32 { records[record].hash }
    func lastAccess(_ record: Int) -> UInt32 { records[record].lastAccess }
    func absence(_ record: Int) -> UInt16 { records[record].absence }
    func setLastAccess(_ record: Int, _ time: UInt32) { records[record].lastAccess = time }
    func setAbsence(_ record: Int, _ absence: UInt16) { records[record].absence = absence }

    func isResident(_ record: Int, _ expert: Expert) -> Bool { state(record, expert) != 0 }
    func count(_ record: Int, _ expert: Expert) -> UInt16 { state(record, expert) & Self.countMask }
    func decrementCount(_ record: Int, _ expert: Expert) { records[record].states -= 1 << expert.shift }
    func clearCount(_ record: Int, _ expert: Expert) { records[record].states &= ~(Self.countMask << expert.shift) }
    func enterWindow(_ record: Int, _ expert: Expert) { set(record, expert, Self.inWindow) }
    func enterMain(_ record: Int, _ expert: Expert) { set(record, expert, Self.inMain) }
    func leave(_ record: Int, _ expert: Expert) { set(record, expert, 0) }

    func state(_ record: Int, _ expert: Expert) -> UInt16 { (records[record].states >> expert.shift) & 15 }

    private func set(_ record: Int, _ expert: Expert, _ state: UInt16) {
        records[record].states = records[record].states & ~(15 << expert.shift) | state << expert.shift
    }

    // Inlined, because a call would pass a copy of the whole directory.
    @inline(__always)
    func head(_ hash: UInt32) -> Int { Int(truncatingIfNeeded: (hash &* 0x9E37_79B1) >> headShift) }

    private mutating func nextFree() -> Int? {
        for _ in 0..<size {
            clockHand = clockHand + 1 < size ? clockHand + 1 : 0
            if records[clockHand].states == 0 { return clockHand }
        }
        return nil
    }

    private mutating func unlink(_ record: Int) {
        let head = head(records[record].hash)
        var link = heads[head]
        guard Int(link) != record else {
            heads[head] = records[record].next
            return
        }
        while Int(records[Int(link)].next) != record { link = records[Int(link)].next }
        records[Int(link)].next = records[record].next
    }
}

extension Expert {
    /// The position of the state of this expert in a record.
    fileprivate var shift: UInt16 { UInt16(truncatingIfNeeded: rawValue * 4) }
}
