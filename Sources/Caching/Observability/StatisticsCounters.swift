// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The counters of the pipeline.
///
/// Hits on the hit path are counted by the near store, in memory that threads do not share.
final class StatisticsCounters: Sendable {
    let hits = Atomic<Int>(0)
    let staleHits = Atomic<Int>(0)
    let misses = Atomic<Int>(0)
    let joined = Atomic<Int>(0)
    let loads = Atomic<Int>(0)
    let loadFailures = Atomic<Int>(0)
    let cancelledLoads = Atomic<Int>(0)
    let loadNanoseconds = Atomic<Int64>(0)
    let discarded = Atomic<Int>(0)
    let skipped = Atomic<Int>(0)
    let bypasses = Atomic<Int>(0)
    let invalidations = Atomic<Int>(0)
    let backendFailures = Atomic<Int>(0)
    let backendOutages = Atomic<Int>(0)
    let skippedOperations = Atomic<Int>(0)

    /// Counts a load that ended.
    func countLoad(succeeded: Bool, nanoseconds: Int64) {
        if succeeded { loads.increment() } else { loadFailures.increment() }
        loadNanoseconds.wrappingAdd(nanoseconds, ordering: .relaxed)
    }

    /// Returns the counts, together with those of the near store.
    func snapshot(nearHits: Int, evictions: (bySize: Int, byExpiry: Int)) -> CacheStatistics {
        var statistics = CacheStatistics()
        statistics.hits = hits.load(ordering: .relaxed) + nearHits
        statistics.staleHits = staleHits.load(ordering: .relaxed)
        statistics.misses = misses.load(ordering: .relaxed)
        statistics.joined = joined.load(ordering: .relaxed)
        statistics.loads = loads.load(ordering: .relaxed)
        statistics.loadFailures = loadFailures.load(ordering: .relaxed)
        statistics.cancelledLoads = cancelledLoads.load(ordering: .relaxed)
        statistics.totalLoadTime = .nanoseconds(loadNanoseconds.load(ordering: .relaxed))
        statistics.discarded = discarded.load(ordering: .relaxed)
        statistics.skipped = skipped.load(ordering: .relaxed)
        statistics.bypasses = bypasses.load(ordering: .relaxed)
        statistics.invalidations = invalidations.load(ordering: .relaxed)
        statistics.backendFailures = backendFailures.load(ordering: .relaxed)
        statistics.backendOutages = backendOutages.load(ordering: .relaxed)
        statistics.skippedOperations = skippedOperations.load(ordering: .relaxed)
        statistics.evictionsBySize = evictions.bySize
        statistics.evictionsByExpiry = evictions.byExpiry
        return statistics
    }
}

extension Atomic where Value == Int {
    /// Adds one, without ordering it with other memory, because only the total matters.
    func increment() { wrappingAdd(1, ordering: .relaxed) }

    /// Adds a number, without ordering it with other memory.
    func add(_ number: Int) { if number != 0 { wrappingAdd(number, ordering: .relaxed) } }
}
