// SPDX-License-Identifier: Apache-2.0

/// Which cache a function or namespace uses; it is looked up at each call, so that tests can override it.
@usableFromInline
struct CacheReference: Sendable {
    let manager: CacheManager?
    let name: String?

    /// Whether neither a manager nor a name was given.
    @usableFromInline let usesDefault: Bool

    /// Whether no manager was given.
    @usableFromInline let isProcessWide: Bool

    /// The cache of the manager that was given, without a reference count: `manager` keeps it alive.
    @usableFromInline let fixed: Unmanaged<CachePipeline>?

    init(manager: CacheManager? = nil, name: String? = nil) {
        self.manager = manager
        self.name = name == CacheManager.defaultCacheName ? nil : name
        usesDefault = manager == nil && self.name == nil
        isProcessWide = manager == nil
        let pipeline = if let name = self.name { manager?.pipelines[name] } else { manager?.main }
        fixed = pipeline.map(Unmanaged.passUnretained)
    }

    /// The pipeline of this call.
    ///
    /// - Throws: ``CacheError/notConfigured`` or ``CacheError/unknownCache(name:known:)``.
    @usableFromInline
    func pipeline() throws -> CachePipeline {
        guard let manager = manager ?? ManagerScope.current else { throw CacheError.notConfigured }
        guard let name else { return manager.main }
        return try manager.pipeline(name)
    }
}
