// SPDX-License-Identifier: Apache-2.0

public import Synchronization

/// The default cache of the current task or process.
///
/// ```swift
/// try await cache.set("users:all", users, ttl: 600)
/// try await cache.invalidate("users:*")
/// ```
///
/// Each operation looks the manager up: that of ``withCacheManager(_:operation:)`` in this task, else the configured one.
/// Without either it throws ``CacheError/notConfigured``.
public let cache = CacheProxy()

/// The type of ``cache``.
public struct CacheProxy: CacheOperations {
    /// The default cache of the current manager.
    @_spi(Caching) public var target: NamedCache {
        get throws { NamedCache(pipeline: try CacheReference().pipeline()) }
    }

    /// Returns the value under a key; nil when there is none.
    ///
    /// A hit in memory takes no lock and does not suspend.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - type: The type of the value; an entry of another type is a miss.
    /// - Returns: The value.
    /// - Throws: ``CacheError/notConfigured``, ``CacheError/invalidKey(key:reason:)``, or `CancellationError` when the
    ///   caller is cancelled while it waits for a backend.
    @inlinable
    public nonisolated(nonsending) func get<Value: Codable & Sendable>(
        _ key: String,
        as type: Value.Type = Value.self
    ) async throws -> Value? {
        if !ManagerScope.mayBeOverridden.load(ordering: .relaxed),
            let defaultPipeline = ProcessWideManager.installedDefault.load(ordering: .acquiring),
            let value = defaultPipeline._withUnsafeGuaranteedRef({ $0.hit(key, as: type) })
        {
            return value
        }
        return try await find(key, as: type)
    }

    @usableFromInline
    nonisolated(nonsending) func find<Value: Codable & Sendable>(
        _ key: String,
        as type: Value.Type
    ) async throws -> Value? {
        try await target.get(key, as: type)
    }

    /// Returns another cache of the current manager.
    ///
    /// - Parameter name: The name of the cache in the configuration.
    /// - Returns: The cache.
    /// - Throws: ``CacheError/notConfigured`` or ``CacheError/unknownCache(name:known:)``.
    public func named(_ name: String) throws -> NamedCache {
        NamedCache(pipeline: try CacheReference(nil, name).pipeline())
    }

    /// The statistics of the default cache.
    ///
    /// - Throws: ``CacheError/notConfigured``.
    public var statistics: CacheStatistics { get throws { try target.statistics } }

    /// Returns the events of the default cache from now on.
    ///
    /// ``CacheManager/events(limit:where:)`` has the details.
    ///
    /// - Parameters:
    ///   - limit: The number of events that are kept for a listener that does not keep up; further ones are dropped.
    ///   - isIncluded: Whether events of a kind are wanted; nil for all. ``CacheEvent/Kind/dropped(_:)`` always comes.
    /// - Returns: The events.
    /// - Throws: ``CacheError/notConfigured``.
    public func events(
        limit: Int = 1024,
        where isIncluded: (@Sendable (CacheEvent.Kind) -> Bool)? = nil
    ) throws -> CacheEvents {
        try target.events(limit: limit, where: isIncluded)
    }
}
