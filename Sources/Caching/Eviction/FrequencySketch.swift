// SPDX-License-Identifier: Apache-2.0

/// A count-min sketch of the recent frequency of keys, with 4-bit counters that are halved periodically.
///
/// After Cormode and Muthukrishnan, An Improved Data Stream Summary (2005), with the ageing of TinyLFU (Einziger,
/// Friedman, Manes, ACM TOS 2017). Four rows share one array of 16 counters for each entry of the cache.
package struct FrequencySketch: ~Copyable, Sendable {
    private static let countersPerEntry = 16
    private static let minimumCounters = 64
    private static let additionsPerEntry = 20

    /// The counters, two in a byte.
    private var bytes: UnsafeColumn<Int, UInt8>
    private var counterCount: Int
    private var additions = 0
    private var limit: Int

    package init(entries: Int) {
        counterCount = Self.counters(for: entries)
        bytes = UnsafeColumn(count: (counterCount + 1) / 2)
        limit = Self.limit(for: entries)
    }

    /// Returns an estimate, up to 15, of the number of times that a hash was added; it is too low only after halving.
    package func estimate(_ hash: PolicyHash) -> Int {
        var least = 15
        for row in 0..<4 { least = min(least, counter(position(hash, row))) }
        return least
    }

    /// Prefetches the counters of a hash.
    package func prefetch(_ hash: PolicyHash) {
        for row in 0..<4 { bytes.prefetch(position(hash, row) >> 1) }
    }

    /// Counts a hash.
    package mutating func add(_ hash: PolicyHash) {
        var isCounted = false
        for row in 0..<4 {
            let position = position(hash, row)
            if counter(position) < 15 {
                bytes[position >> 1] += 1 << UInt8((position & 1) * 4)
                isCounted = true
            }
        }
        guard isCounted else { return }
        additions += 1
        if additions >= limit { halve() }
    }

    /// Resizes the sketch for another number of entries, and keeps the counts.
    ///
    /// O(counters). A position is the hash scaled to the size, so that the keys of a counter have neighbouring counters in
    /// the new array.
    package mutating func resize(entries: Int) {
        let newCount = Self.counters(for: entries)
        limit = Self.limit(for: entries)
        guard newCount != counterCount else { return }
        let oldCount = counterCount
        var other = UnsafeColumn<Int, UInt8>(count: (newCount + 1) / 2)
        for position in 0..<newCount {
            // In a smaller array, a counter is the largest of those it replaces.
            let first = position * oldCount / newCount
            let last = max(first, ((position + 1) * oldCount - 1) / newCount)
            var value = counter(first)
            if last > first { for other in first + 1...last { value = max(value, counter(other)) } }
            other[position >> 1] |= UInt8(value) << UInt8((position & 1) * 4)
        }
        swap(&bytes, &other)
        counterCount = newCount
        if newCount < oldCount { additions = additions * newCount / oldCount }
    }

    private mutating func halve() {
        for index in 0..<bytes.count { bytes[index] = (bytes[index] >> 1) & 0x77 }
        additions >>= 1
    }

    private func counter(_ position: Int) -> Int { Int((bytes[position >> 1] >> UInt8((position & 1) * 4)) & 15) }

    private func position(_ hash: PolicyHash, _ row: Int) -> Int {
        let row = UInt64(truncatingIfNeeded: row)
        let bits = (hash.bits &+ row &* 0x9E37_79B9_7F4A_7C15) &* (0xBF58_476D_1CE4_E5B9 &+ row &* 0x2468_ACE)
        return PolicyHash.reduce(bits, below: counterCount)
    }

    private static func counters(for entries: Int) -> Int { max(minimumCounters, entries * countersPerEntry) }
    private static func limit(for entries: Int) -> Int { max(16, entries * additionsPerEntry) }
}
