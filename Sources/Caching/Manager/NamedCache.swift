// SPDX-License-Identifier: Apache-2.0

/// One of a manager's caches.
public struct NamedCache: CacheOperations {
    @usableFromInline let pipeline: CachePipeline

    @usableFromInline
    init(pipeline: CachePipeline) { self.pipeline = pipeline }

    /// The cache's name in the configuration.
    public var name: String { pipeline.name }

    /// The counts of what this cache has done.
    public var statistics: CacheStatistics { pipeline.statistics }

    /// Returns the events of this cache from now on.
    ///
    /// - Parameter limit: How many are kept for a listener that does not keep up; further ones are dropped.
    /// - Returns: The events.
    public func events(limit: Int = 1024) -> CacheEvents { pipeline.events.events(limit: limit) }

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
    @_spi(Caching) public var target: NamedCache { NamedCache(pipeline: main) }

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
        try await main.value(for: key, as: type)
    }
}
