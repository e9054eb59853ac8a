// SPDX-License-Identifier: Apache-2.0

/// The cache of the current task or process, wherever code happens to run.
///
/// ```swift
/// try await cache.set("users:all", users, ttl: 600)
/// try await cache.invalidate("users:*")
/// ```
///
/// Each operation finds the manager anew: that of ``withCacheManager(_:operation:)`` in this task, else the configured
/// one, else it throws ``CacheError/notConfigured``.
public let cache = CacheProxy()

/// The type of ``cache``.
public struct CacheProxy: CacheOperations {
    /// The default cache of the current manager.
    ///
    /// - Returns: The cache.
    /// - Throws: ``CacheError/notConfigured``.
    public func resolved() throws -> NamedCache { NamedCache(pipeline: try CacheReference().pipeline()) }

    /// Another cache of the current manager.
    ///
    /// - Parameter name: Its name in the configuration.
    /// - Returns: The cache.
    /// - Throws: ``CacheError/notConfigured`` or ``CacheError/unknownCache(name:known:)``.
    public func named(_ name: String) throws -> NamedCache {
        NamedCache(pipeline: try CacheReference(name: name).pipeline())
    }

    /// What the default cache did so far.
    ///
    /// - Throws: ``CacheError/notConfigured``.
    public var statistics: CacheStatistics { get throws { try resolved().statistics } }
}
