// SPDX-License-Identifier: Apache-2.0

/// The counts of what a cache has done since it was made, by Caffeine's rules.
///
/// Each read counts as one hit, stale hit or miss. A caller that joins a load in flight is a miss; a load counts once,
/// however many callers wait for it. What is invalidated is not evicted.
public struct CacheStatistics: Sendable, Hashable, Codable {
    /// Reads answered with a fresh value.
    public var hits = 0

    /// Reads answered with a value past its lifetime, as `staleWhileRevalidate` or `staleIfError` allowed.
    public var staleHits = 0

    /// Reads that found nothing usable.
    public var misses = 0

    /// Calls that waited for a load, or a look at the backend, that another call had begun.
    ///
    /// They are among the hits or misses.
    public var joined = 0

    /// Loads that returned a value.
    public var loads = 0

    /// Loads that threw.
    public var loadFailures = 0

    /// Loads that were cancelled because nobody waited for them any more.
    public var cancelledLoads = 0

    /// The time all loads took together, failed ones included.
    public var totalLoadTime = Duration.zero

    /// Loaded values that were not stored, because their key was set or invalidated during the load.
    public var discarded = 0

    /// Loaded values that were not stored, because the function or the load said so.
    public var skipped = 0

    /// Calls and results that went around the cache: invalid keys and tags, arguments that cannot be encoded, entries
    /// that are too large, calls after the shutdown or while the cache is switched off.
    public var bypasses = 0

    /// Entries that left because the cache was full.
    public var evictionsBySize = 0

    /// Entries that left because their lifetime was over.
    public var evictionsByExpiry = 0

    /// Explicit invalidations: by key, pattern, tag, or everything.
    public var invalidations = 0

    /// Operations the backend failed at or did not answer in time.
    public var backendFailures = 0

    /// Times that the backend was left alone for a while, because it failed several times in a row.
    public var backendOutages = 0

    /// Operations that were not tried, because the backend was left alone.
    public var skippedOperations = 0

    /// Creates statistics in which nothing has happened.
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

    /// Entries that left without being asked to.
    public var evictions: Int { evictionsBySize + evictionsByExpiry }

    /// The time a load took on average; zero when there were none.
    public var averageLoadTime: Duration {
        let count = loads + loadFailures
        return count == 0 ? .zero : totalLoadTime / count
    }
}
