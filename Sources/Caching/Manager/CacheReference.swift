// SPDX-License-Identifier: Apache-2.0

public import Synchronization

/// The cache of a function or namespace, looked up at each call, so that tests can override it.
@usableFromInline
struct CacheReference: Sendable {
    let manager: CacheManager?
    let name: String?

    /// Whether neither a manager nor a name was given.
    @usableFromInline let usesDefault: Bool

    /// Whether no manager was given.
    @usableFromInline let usesCurrentManager: Bool

    /// The cache in the given manager, unretained; `manager` keeps it alive.
    @usableFromInline let fixed: Unmanaged<CachePipeline>?

    init(_ manager: CacheManager? = nil, _ name: String? = nil) {
        self.manager = manager
        self.name = name == CacheManager.defaultCacheName ? nil : name
        usesDefault = manager == nil && self.name == nil
        usesCurrentManager = manager == nil
        let pipeline = if let name = self.name { manager?.pipelines[name] } else { manager?.defaultPipeline }
        fixed = pipeline.map(Unmanaged.passUnretained)
    }

    /// The pipeline of a call, unretained; nil when a name or a task-local value has to be looked up.
    @inlinable
    var unretained: Unmanaged<CachePipeline>? {
        if let fixed { return fixed }
        guard usesDefault, !ManagerScope.mayBeOverridden.load(ordering: .relaxed) else { return nil }
        return ProcessWideManager.installedDefault.load(ordering: .acquiring)
    }

    /// Returns the pipeline of a call.
    ///
    /// - Throws: ``CacheError/notConfigured`` or ``CacheError/unknownCache(name:known:)``.
    @usableFromInline
    func pipeline() throws -> CachePipeline {
        guard let manager = manager ?? ManagerScope.current else { throw CacheError.notConfigured }
        guard let name else { return manager.defaultPipeline }
        return try manager.pipeline(name)
    }
}
