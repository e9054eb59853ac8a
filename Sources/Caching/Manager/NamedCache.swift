// SPDX-License-Identifier: Apache-2.0

/// One of a manager's caches.
public struct NamedCache: CacheOperations {
    @usableFromInline let pipeline: CachePipeline

    @usableFromInline
    init(pipeline: CachePipeline) { self.pipeline = pipeline }

    /// The cache's name in the configuration.
    public var name: String { pipeline.name }

    /// What this cache did so far.
    public var statistics: CacheStatistics { pipeline.statistics }

    /// The events of this cache from now on.
    ///
    /// - Parameter limit: How many are kept for a listener that does not keep up; further ones are dropped.
    /// - Returns: The events.
    public func events(limit: Int = 1024) -> CacheEvents { pipeline.events.events(limit: limit) }

    /// This cache.
    ///
    /// - Returns: Itself.
    @inlinable
    public func resolved() -> NamedCache { self }
}

extension CacheManager: CacheOperations {
    /// The default cache.
    ///
    /// - Returns: The cache.
    @inlinable
    public func resolved() -> NamedCache { NamedCache(pipeline: main) }
}
