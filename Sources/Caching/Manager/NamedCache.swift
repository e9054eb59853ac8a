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

    /// Returns this cache.
    ///
    /// - Returns: Itself.
    @inlinable
    public func resolved() -> NamedCache { self }
}

extension CacheManager: CacheOperations {
    /// Returns the default cache.
    ///
    /// - Returns: The cache.
    @inlinable
    public func resolved() -> NamedCache { NamedCache(pipeline: main) }
}
