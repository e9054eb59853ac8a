// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The numbers of evictions in each shard of a store, and by changes of several shards.
///
/// A shard has a cache line of its own, which only the holder of its mutex writes. It is `@unchecked Sendable` because of
/// the pointer: the memory is owned by one value and freed with it, and the counts are atomic.
struct EvictionTallies: ~Copyable, @unchecked Sendable {
    private struct Tally: ~Copyable {
        let bySize = Atomic<Int>(0)
        let byExpiry = Atomic<Int>(0)
        private let padding = (0, 0, 0, 0, 0, 0)
    }

    private let shards: Int
    private let tallies: UnsafeMutablePointer<Tally>

    init(shards: Int) {
        self.shards = shards
        let size = MemoryLayout<Tally>.stride
        tallies = UnsafeMutableRawPointer.allocate(byteCount: (shards + 1) * size, alignment: CacheLine.size)
            .bindMemory(to: Tally.self, capacity: shards + 1)
        for number in 0...shards { (tallies + number).initialize(to: Tally()) }
    }

    deinit { tallies.deallocate() }

    /// The evictions of all shards.
    var sum: EvictionCounts {
        (0...shards).reduce(EvictionCounts()) { sum, number in
            let tally = tallies + number
            return sum
                + EvictionCounts(
                    bySize: tally.pointee.bySize.load(ordering: .relaxed),
                    byExpiry: tally.pointee.byExpiry.load(ordering: .relaxed)
                )
        }
    }

    /// Adds evictions of one shard; the caller must hold the mutex of the shard.
    func add(_ counts: EvictionCounts, shard: Int) {
        let tally = tallies + shard
        // The mutex excludes other writers, so the counters need no locked instruction.
        if counts.bySize > 0 { Self.add(counts.bySize, to: tally.pointee.bySize) }
        if counts.byExpiry > 0 { Self.add(counts.byExpiry, to: tally.pointee.byExpiry) }
    }

    /// Adds evictions of a change of several shards; any thread may call it.
    func add(_ counts: EvictionCounts) {
        let tally = tallies + shards
        if counts.bySize > 0 { tally.pointee.bySize.wrappingAdd(counts.bySize, ordering: .relaxed) }
        if counts.byExpiry > 0 { tally.pointee.byExpiry.wrappingAdd(counts.byExpiry, ordering: .relaxed) }
    }

    private static func add(_ number: Int, to counter: borrowing Atomic<Int>) {
        counter.store(counter.load(ordering: .relaxed) &+ number, ordering: .relaxed)
    }
}

/// The numbers of evictions by reason.
struct EvictionCounts: Sendable, Hashable {
    var bySize: Int
    var byExpiry: Int

    init(bySize: Int = 0, byExpiry: Int = 0) {
        self.bySize = bySize
        self.byExpiry = byExpiry
    }

    /// Creates the counts of one eviction.
    init(_ reason: EvictionReason) {
        self.init(bySize: reason == .size ? 1 : 0, byExpiry: reason == .expired ? 1 : 0)
    }

    static func + (left: Self, right: Self) -> Self {
        Self(bySize: left.bySize &+ right.bySize, byExpiry: left.byExpiry &+ right.byExpiry)
    }

    static func - (left: Self, right: Self) -> Self {
        Self(bySize: left.bySize &- right.bySize, byExpiry: left.byExpiry &- right.byExpiry)
    }
}
