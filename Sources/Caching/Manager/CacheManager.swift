// SPDX-License-Identifier: Apache-2.0

/// The named caches of a service.
///
/// Configure one at startup with ``configure(_:drivers:clock:fileID:line:)``; cached functions and ``cache`` use it. Tests
/// make their own, with a recording backend, and run code under it with ``withCacheManager(_:operation:)``.
///
/// ```swift
/// let manager = try await CacheManager.configure(["default": ["ttl": 300]])
/// let user = cached(key: { "users:\($0)" }) { (id: Int) in try await database.user(id) }
/// _ = try await user(42)
/// print(manager.statistics.hitRate)
/// await CacheManager.shutdown()
/// ```
public final class CacheManager: Sendable {
    /// The name of the default cache.
    public static let defaultCacheName = CacheName.default

    @usableFromInline let defaultPipeline: CachePipeline
    let pipelines: [String: CachePipeline]
    private let shared: CachePipeline.Shared
    private let work: BackgroundWork
    private let managed: [any ManagedBackend]

    /// The warnings of the drivers when the manager was configured, such as a server that could not be reached.
    public let warnings: [String]

    /// Creates a manager around a backend, for tests and for services that configure in code.
    ///
    /// - Parameters:
    ///   - backend: The backend of the default cache.
    ///   - named: The backends of further caches, by name. They share all other settings. Keys of a cache other than
    ///     the default one begin with its name, and so do those of the default cache when it shares its backend.
    ///   - ttl: The lifetime of entries when neither a call nor a function names one.
    ///   - jitter: The share of a lifetime that is drawn at random, 0...1.
    ///   - prefix: The first part of every key; nil for none.
    ///   - version: The version of the stored values, the next part of every key; entries of another version are not found.
    ///   - timeout: The deadline of an operation on a backend outside the process.
    ///   - clock: The clock that measures lifetimes; give the backends the same one.
    public convenience init(
        backend: any CacheBackend = MemoryBackend(),
        named: [String: any CacheBackend] = [:],
        ttl: TTL = .seconds(300),
        jitter: Double = 0,
        prefix: String? = nil,
        version: String? = nil,
        timeout: Duration = .milliseconds(500),
        clock: any CacheClock = SystemCacheClock()
    ) {
        var defaults = CacheDefaults()
        defaults.ttl = ttl.resolved(default: defaults.ttl)
        defaults.jitter = jitter
        defaults.timeout = timeout
        // The argument `backend` is the default cache unless `named` has one of that name.
        let standard = named[CacheName.default] ?? backend
        let others = named.filter { $0.key != CacheName.default }.sorted { $0.key < $1.key }
        let all = [(name: CacheName.default, backend: standard)] + others.map { (name: $0.key, backend: $0.value) }
        // Many configurations write an empty text for none.
        let (prefix, version) = (prefix == "" ? nil : prefix, version == "" ? nil : version)
        // Caches that share a backend have their names in their keys.
        let layout = KeyLayout(
            all.map { cache in
                let isShared = all.count { Self.mayBeSame($0.backend, cache.backend) } > 1
                let isNamed = isShared || cache.name != CacheName.default
                return KeyLayout.Cache(name: cache.name, prefix: prefix, version: version, isNamed: isNamed)
            }
        )
        let specifications = zip(all, layout.prefixes)
            .map { cache, keyPrefix in
                CachePipeline.Specification(
                    name: cache.name,
                    backend: cache.backend,
                    keyPrefix: keyPrefix,
                    defaults: defaults,
                    objection: layout.objections.first { $0.cache == cache.name }?.reason(among: "CacheManager(...)")
                )
            }
        self.init(specifications[0], Array(specifications.dropFirst()), clock: clock)
    }

    init(
        _ standard: CachePipeline.Specification,
        _ others: [CachePipeline.Specification],
        clock: any CacheClock,
        warnings: [String] = []
    ) {
        self.warnings = warnings
        let shared = CachePipeline.Shared(clock: clock)
        self.shared = shared
        defaultPipeline = CachePipeline(standard, number: 0, shared: shared)
        var pipelines = [standard.name: defaultPipeline]
        for (index, other) in others.enumerated() {
            pipelines[other.name] = CachePipeline(other, number: index + 1, shared: shared)
        }
        self.pipelines = pipelines
        managed = Self.managed(among: ([standard] + others).compactMap(\.backend))
        for backend in managed { SharedBackends.retain(backend) }
        work = BackgroundWork(managed)
    }

    /// Returns the backends to run and to close, without duplicates.
    static func managed(among backends: [any CacheBackend]) -> [any ManagedBackend] {
        var managed: [any ManagedBackend] = []
        for case let backend as any ManagedBackend in backends
        where !managed.contains(where: { isSame($0, backend) }) {
            managed.append(backend)
        }
        return managed
    }

    deinit {
        // A shutdown releases the backends.
        guard !isShutDown else { return }
        for backend in managed { _ = SharedBackends.release(backend) }
    }

    /// Returns whether two backends are one object.
    private static func isSame(_ left: any CacheBackend, _ right: any CacheBackend) -> Bool {
        guard type(of: left) is AnyClass, type(of: right) is AnyClass else { return false }
        return (left as AnyObject) === (right as AnyObject)
    }

    /// Returns whether two backends may store their entries in one place; two values of one type may, as they have no
    /// identity.
    static func mayBeSame(_ left: any CacheBackend, _ right: any CacheBackend) -> Bool {
        isSame(left, right) || (type(of: left) == type(of: right) && !(type(of: left) is AnyClass))
    }

    /// The names of all caches.
    public var names: [String] { pipelines.keys.sorted() }

    /// Returns one of the caches.
    ///
    /// - Parameter name: The name of the cache in the configuration.
    /// - Returns: The cache, with the same operations as the manager itself.
    /// - Throws: ``CacheError/unknownCache(name:known:)``.
    public func named(_ name: String) throws -> NamedCache { NamedCache(pipeline: try pipeline(name)) }

    /// The statistics of the default cache.
    ///
    /// Each other cache has its own: `try manager.named("sessions").statistics`.
    public var statistics: CacheStatistics { defaultPipeline.statistics }

    /// Returns the events of the default cache from now on.
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
        defaultPipeline.events.events(limit: limit, where: isIncluded)
    }

    /// The health of the backends outside the process, by the names of their caches.
    public var health: [String: BackendHealth] { pipelines.compactMapValues { $0.storage.far?.health } }

    /// Pings the server of each cache that has one, for instance to decide whether the service is ready.
    ///
    /// - Throws: ``CacheError/backendFailed(operation:key:underlying:)`` for the first cache, by name, that does not answer.
    public func ping() async throws {
        for (name, pipeline) in pipelines.sorted(by: { $0.key < $1.key }) {
            do {
                try await pipeline.storage.far?.capabilities.connection?.ping()
            } catch {
                throw CacheError.backendFailed(operation: "answer for the cache", key: name, underlying: error)
            }
        }
    }

    /// Runs background work, such as freeing expired entries, until the manager is shut down or the task is cancelled.
    ///
    /// A configured manager does this work by itself. For a manager that is made in code, writes free a few expired entries
    /// each time. In a service group it is one of the services, and ``shutdown(gracePeriod:)`` ends it.
    public func run() async { await work.run() }

    /// Ends the manager: nothing is stored any more, memory is freed, backends are closed.
    ///
    /// From the beginning of the shutdown a cached function calls the function that it wraps, reads are misses, and changes
    /// throw ``CacheError/shutDown``. Loads that run finish for the calls that wait for them. Loads that still run after the
    /// grace period are cancelled, and their callers get ``CacheError/shutDown``. A backend that another manager uses stays
    /// open, and hits in shared memory are still answered. A second shutdown has no effect.
    ///
    /// - Parameter gracePeriod: The time after which loads that still run are cancelled.
    public func shutdown(gracePeriod: Duration = .seconds(10)) async {
        guard await work.end() else { return }
        shared.flights.close()
        let unused = managed.filter { SharedBackends.release($0) }
        // Memory is released first, because a hit reads it without checking for a shutdown.
        for case let memory as MemoryBackend in unused { memory.store.release() }
        await shared.flights.finishLoads(within: gracePeriod, timer: shared.timer)
        for backend in unused {
            // A backend that hangs must not keep the process from ending.
            let limit = Duration.seconds(5)
            try? await BoundedOperation<Void>(timer: shared.timer) { _ in }.run(
                until: shared.clock.now.advanced(by: limit),
                orThrow: { .backendTimedOut(operation: "shut down", after: limit) },
                isShielded: true
            ) {
                await backend.shutdown()
            }
        }
        for pipeline in pipelines.values { pipeline.events.finish() }
    }

    /// Whether the shutdown has begun.
    var isShutDown: Bool { shared.flights.isShutDown }

    /// Starts the background work that ``run()`` does, until the manager is shut down.
    package func startBackgroundWork() { work.start() }

    func pipeline(_ name: String) throws -> CachePipeline {
        guard let pipeline = pipelines[name] else { throw CacheError.unknownCache(name: name, known: names) }
        return pipeline
    }
}
