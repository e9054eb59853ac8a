// SPDX-License-Identifier: Apache-2.0

/// Which cache a function or namespace uses; it is looked up at each call, so that tests can override it.
@usableFromInline
struct CacheReference: Sendable {
    @usableFromInline let manager: CacheManager?
    @usableFromInline let name: String?

    init(manager: CacheManager? = nil, name: String? = nil) {
        self.manager = manager
        self.name = name == CacheManager.defaultCacheName ? nil : name
    }

    /// The pipeline of this call.
    ///
    /// - Throws: ``CacheError/notConfigured`` or ``CacheError/unknownCache(name:known:)``.
    @inlinable
    func pipeline() throws -> CachePipeline {
        guard let manager = manager ?? ManagerScope.current else { throw CacheError.notConfigured }
        guard let name else { return manager.main }
        return try manager.pipelineOf(name)
    }
}

extension CacheManager {
    @usableFromInline
    func pipelineOf(_ name: String) throws -> CachePipeline { try pipeline(name) }
}
