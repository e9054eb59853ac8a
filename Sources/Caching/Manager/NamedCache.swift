// SPDX-License-Identifier: Apache-2.0

/// One cache of a manager.
///
/// ```swift
/// let sessions = try cache.named("sessions")
/// try await sessions.invalidate("user:*")
/// print(sessions.statistics.hitRate)
/// ```
public struct NamedCache: CacheOperations {
    @usableFromInline let pipeline: CachePipeline

    @usableFromInline
    init(pipeline: CachePipeline) { self.pipeline = pipeline }

    /// The name of the cache in the configuration.
    public var name: String { pipeline.name }

    /// The statistics of the cache.
    public var statistics: CacheStatistics { pipeline.statistics }

    /// Returns the events of the cache from now on.
    ///
    /// If the predicate excludes hits, hits are as fast as without a listener. Whether hits are wanted is determined once,
    /// before this returns. For other events the predicate is called when they happen, by the code that reports them, so it
    /// must return quickly.
    ///
    /// - Parameters:
    ///   - limit: The number of events that are kept for a listener that does not keep up; further ones are dropped.
    ///   - isIncluded: Whether events of a kind are wanted; nil for all. ``CacheEvent/Kind/dropped(_:)`` always comes.
    /// - Returns: The events.
    public func events(limit: Int = 1024, where isIncluded: (@Sendable (CacheEvent.Kind) -> Bool)? = nil) -> CacheEvents
    {
        pipeline.events.events(limit: limit, where: isIncluded)
    }

    /// This cache.
    @_spi(Caching) public var target: NamedCache { self }

    /// Returns the value under a key; nil when there is none.
    ///
    /// A hit in memory takes no lock and does not suspend.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - type: The type of the value; an entry of another type is a miss.
    /// - Returns: The value.
    /// - Throws: ``CacheError/invalidKey(key:reason:)``, or `CancellationError` when the caller is cancelled while it
    ///   waits for a backend.
    @inlinable
    public nonisolated(nonsending) func get<Value: Codable & Sendable>(
        _ key: String,
        as type: Value.Type = Value.self
    ) async throws -> Value? {
        try await pipeline.value(for: key, as: type)
    }
}

extension CacheManager: CacheOperations {
    /// The default cache.
    @_spi(Caching) public var target: NamedCache { NamedCache(pipeline: defaultPipeline) }

    /// Returns the value under a key; nil when there is none.
    ///
    /// A hit in memory takes no lock and does not suspend.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - type: The type of the value; an entry of another type is a miss.
    /// - Returns: The value.
    /// - Throws: ``CacheError/invalidKey(key:reason:)``, or `CancellationError` when the caller is cancelled while it
    ///   waits for a backend.
    @inlinable
    public nonisolated(nonsending) func get<Value: Codable & Sendable>(
        _ key: String,
        as type: Value.Type = Value.self
    ) async throws -> Value? {
        try await defaultPipeline.value(for: key, as: type)
    }
}
