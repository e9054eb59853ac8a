// SPDX-License-Identifier: Apache-2.0

/// The named caches of a service.
///
/// Configure one at startup with ``configure(_:drivers:clock:file:line:)``; everything that is cached uses it. Tests
/// make their own, with a recording backend, and run code under it with ``withCacheManager(_:operation:)``. A manager
/// needs nobody to run it.
public final class CacheManager: Sendable {
    /// The name of the cache that is used when none is named.
    public static let defaultCacheName = CacheName.default

    @usableFromInline let main: CachePipeline
    let pipelines: [String: CachePipeline]
    private let parts: ManagerParts
    private let maintenance: MaintenanceTask

    /// Creates a manager around a backend, for tests and for services that configure in code.
    ///
    /// - Parameters:
    ///   - backend: Where the default cache keeps its entries.
    ///   - named: The backends of further caches, by name. They share all other settings. Keys of a cache other than
    ///     the default one begin with its name, and so do those of the default cache when it shares its backend.
    ///   - ttl: How long an entry lives when nothing else is said.
    ///   - jitter: The share of a lifetime that it is spread by, 0...1.
    ///   - prefix: What stands before every key; nil for nothing.
    ///   - version: A version of what is stored, after the prefix: a new one finds none of the old entries.
    ///   - backendTimeout: How long to wait for a backend outside the process before doing without it.
    ///   - clock: What lifetimes are measured with; give the backends the same one.
    public convenience init(
        backend: any CacheBackend = MemoryBackend(),
        named: [String: any CacheBackend] = [:],
        ttl: TTL = .seconds(300),
        jitter: Double = 0,
        prefix: String? = nil,
        version: String? = nil,
        backendTimeout: Duration = .milliseconds(500),
        clock: any CacheClock = SystemCacheClock()
    ) {
        var defaults = CacheDefaults()
        defaults.ttl = ttl.resolved(default: defaults.ttl)
        defaults.jitter = jitter
        defaults.backendTimeout = backendTimeout
        let objects = (named.values + [backend]).map { ObjectIdentifier($0 as AnyObject) }
        let specify = { (name: String, backend: any CacheBackend) in
            // Caches that share a backend are told apart by their names.
            let isShared = objects.count { $0 == ObjectIdentifier(backend as AnyObject) } > 1
            let isDefault = name == Self.defaultCacheName && !isShared
            return CacheSpecification(
                name: name,
                backend: backend,
                keyPrefix: KeyParts.prefix([prefix, version, isDefault ? nil : name]),
                defaults: defaults,
                ownsBackend: false
            )
        }
        let others = named.filter { $0.key != Self.defaultCacheName }.sorted { $0.key < $1.key }
        self.init(specify(Self.defaultCacheName, backend), others.map(specify), clock: clock)
    }

    init(_ main: CacheSpecification, _ others: [CacheSpecification], clock: any CacheClock) {
        let parts = ManagerParts(clock: clock)
        self.parts = parts
        self.main = CachePipeline(main, number: 0, parts: parts)
        var pipelines = [main.name: self.main]
        for (index, other) in others.enumerated() {
            pipelines[other.name] = CachePipeline(other, number: index + 1, parts: parts)
        }
        self.pipelines = pipelines
        maintenance = MaintenanceTask(pipelines.values.compactMap { $0.backend as? any ManagedBackend }, clock: clock)
    }

    /// The names of all caches.
    public var names: [String] { pipelines.keys.sorted() }

    /// One of the caches.
    ///
    /// - Parameter name: Its name in the configuration.
    /// - Returns: The cache, with the same operations as the manager itself.
    /// - Throws: ``CacheError/unknownCache(name:known:)``.
    public func named(_ name: String) throws -> NamedCache { NamedCache(pipeline: try pipeline(name)) }

    /// What the default cache did so far.
    ///
    /// Each other cache has its own: `try manager.named("sessions").statistics`.
    public var statistics: CacheStatistics { main.statistics }

    /// The events of the default cache from now on.
    ///
    /// - Parameter limit: How many are kept for a listener that does not keep up; further ones are dropped.
    /// - Returns: The events.
    public func events(limit: Int = 1024) -> CacheEvents { main.events.events(limit: limit) }

    /// Does background work until the task is cancelled: frees what has expired and was not asked for.
    ///
    /// Optional: a configured manager does so by itself, and without it writes free a little each time. It never
    /// returns early, so that it can be a service in a service group.
    public func run() async { await maintenance.run() }

    /// Ends the manager: loads are cancelled, waiting callers get ``CacheError/shutDown``, memory is freed, backends
    /// are closed.
    ///
    /// Ending it twice does nothing.
    public func shutdown() async {
        guard maintenance.end() else { return }
        parts.flights.shutdown()
        for pipeline in pipelines.values {
            if let backend = pipeline.backend as? any ManagedBackend { await backend.shutdown() }
            pipeline.events.finish()
        }
    }

    /// Starts the background work that ``run()`` does, until the manager is shut down.
    package func startMaintenance() { maintenance.start() }

    func pipeline(_ name: String) throws -> CachePipeline {
        guard let pipeline = pipelines[name] else { throw CacheError.unknownCache(name: name, known: names) }
        return pipeline
    }
}
