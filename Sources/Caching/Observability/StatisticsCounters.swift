// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Counts what the pipeline does.
///
/// Hits in memory are counted by the store, under the lock it holds anyway.
final class StatisticsCounters: Sendable {
    let hits = Atomic<Int>(0)
    let staleHits = Atomic<Int>(0)
    let misses = Atomic<Int>(0)
    let loads = Atomic<Int>(0)
    let loadFailures = Atomic<Int>(0)
    let cancelledLoads = Atomic<Int>(0)
    let loadNanoseconds = Atomic<Int64>(0)
    let invalidations = Atomic<Int>(0)
    let backendFailures = Atomic<Int>(0)

    /// Counts a load that ended.
    func countLoad(succeeded: Bool, time: Duration) {
        if succeeded { loads.increment() } else { loadFailures.increment() }
        loadNanoseconds.wrappingAdd(time.saturatedNanoseconds, ordering: .relaxed)
    }

    /// The counts, together with those of the memory store.
    func snapshot(memory: MemoryStore?) -> CacheStatistics {
        var statistics = CacheStatistics()
        statistics.hits = hits.load(ordering: .relaxed)
        statistics.staleHits = staleHits.load(ordering: .relaxed)
        statistics.misses = misses.load(ordering: .relaxed)
        statistics.loads = loads.load(ordering: .relaxed)
        statistics.loadFailures = loadFailures.load(ordering: .relaxed)
        statistics.cancelledLoads = cancelledLoads.load(ordering: .relaxed)
        statistics.totalLoadTime = .nanoseconds(loadNanoseconds.load(ordering: .relaxed))
        statistics.invalidations = invalidations.load(ordering: .relaxed)
        statistics.backendFailures = backendFailures.load(ordering: .relaxed)
        if let counters = memory?.counters {
            statistics.hits += counters.hits
            statistics.evictionsBySize = counters.evictedBySize
            statistics.evictionsByExpiry = counters.evictedByExpiry
        }
        return statistics
    }
}

extension Atomic where Value == Int {
    /// Adds one; only the total matters, not what other memory it is ordered with.
    func increment() { wrappingAdd(1, ordering: .relaxed) }
}
