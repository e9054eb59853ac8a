// SPDX-License-Identifier: Apache-2.0

/// The counts of the operations of a cache since it was made, by the rules of Caffeine.
///
/// ```swift
/// let statistics = manager.statistics
/// print("hit rate \(statistics.hitRate), \(statistics.loads) loads in \(statistics.totalLoadTime)")
/// ```
///
/// Each read counts as one hit, stale hit or miss. A caller that joins a load in flight is a miss; a load counts once,
/// however many callers wait for it. An invalidation is no eviction.
public struct CacheStatistics: Sendable, Hashable, Codable {
    /// Reads answered with a fresh value.
    public var hits = 0

    /// Reads answered with a value past its lifetime, as `staleWhileRevalidate` or `staleIfError` allowed.
    public var staleHits = 0

    /// Reads that found nothing usable.
    public var misses = 0

    /// Calls that waited for a load or a lookup that another call had begun.
    ///
    /// They are also counted as hits or misses.
    public var joined = 0

    /// Loads that returned a value.
    public var loads = 0

    /// Loads that threw.
    public var loadFailures = 0

    /// Loads that were cancelled because no caller waited for them any more.
    public var cancelledLoads = 0

    /// The sum of the durations of all loads, including failed ones.
    public var totalLoadTime = Duration.zero

    /// Loaded values that were not stored, because their key was set or invalidated during the load.
    public var discarded = 0

    /// Loaded values that were not stored, because the function or the load asked for that.
    public var skipped = 0

    /// Calls and results that bypassed the cache: invalid keys and tags, arguments that cannot be encoded, entries
    /// that are too large, calls after the shutdown or while the cache is switched off.
    public var bypasses = 0

    /// Entries that were evicted because the cache was full.
    public var evictionsBySize = 0

    /// Entries that were evicted because their lifetime was over.
    public var evictionsByExpiry = 0

    /// Explicit invalidations: by key, pattern, tag, or everything.
    public var invalidations = 0

    /// Operations of the backend that failed or were late.
    public var backendFailures = 0

    /// The number of times that the backend was not used for a while, because it failed several times in a row.
    public var backendOutages = 0

    /// Operations that were not tried while the backend was not used.
    public var skippedOperations = 0

    /// Creates statistics of a new cache, in which all counts are zero.
    public init() {}

    /// Creates statistics from those that this or another version has encoded; counts that are missing are zero.
    ///
    /// - Parameter decoder: The decoder.
    /// - Throws: `DecodingError` when a count is no number.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func count(_ key: CodingKeys) throws -> Int { try container.decodeIfPresent(Int.self, forKey: key) ?? 0 }
        hits = try count(.hits)
        staleHits = try count(.staleHits)
        misses = try count(.misses)
        joined = try count(.joined)
        loads = try count(.loads)
        loadFailures = try count(.loadFailures)
        cancelledLoads = try count(.cancelledLoads)
        totalLoadTime = try container.decodeIfPresent(Duration.self, forKey: .totalLoadTime) ?? .zero
        discarded = try count(.discarded)
        skipped = try count(.skipped)
        bypasses = try count(.bypasses)
        evictionsBySize = try count(.evictionsBySize)
        evictionsByExpiry = try count(.evictionsByExpiry)
        invalidations = try count(.invalidations)
        backendFailures = try count(.backendFailures)
        backendOutages = try count(.backendOutages)
        skippedOperations = try count(.skippedOperations)
    }

    /// All reads.
    public var requests: Int { hits + staleHits + misses }

    /// The share of reads that a fresh or stale value answered, 0...1; 1 when there were none.
    public var hitRate: Double { requests == 0 ? 1 : Double(hits + staleHits) / Double(requests) }

    /// The share of reads that found nothing usable, 0...1; 0 when there were none.
    public var missRate: Double { 1 - hitRate }

    /// Entries that were evicted.
    public var evictions: Int { evictionsBySize + evictionsByExpiry }

    /// The average duration of a load; zero when there were none.
    public var averageLoadTime: Duration {
        let count = loads + loadFailures
        return count == 0 ? .zero : totalLoadTime / count
    }
}
