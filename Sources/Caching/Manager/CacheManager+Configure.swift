// SPDX-License-Identifier: Apache-2.0

extension CacheManager {
    /// Configures the caches of the process, once, at startup.
    ///
    /// - Parameters:
    ///   - configuration: A dictionary, or `.environment()`.
    ///   - drivers: The drivers that the configuration can name.
    ///   - clock: What lifetimes are measured with.
    ///   - file: Where it is called, for the error of a second call.
    ///   - line: Like `file`.
    /// - Returns: The manager, which is also ``shared``.
    /// - Throws: ``CacheConfigurationError`` with everything that is wrong;
    ///   ``CacheError/alreadyConfigured(location:)``.
    @discardableResult
    public static func configure(
        _ configuration: CacheConfiguration = [:],
        drivers: [CacheDriver] = [.memory],
        clock: any CacheClock = SystemCacheClock(),
        file: String = #fileID,
        line: Int = #line
    ) async throws -> CacheManager {
        try await ProcessWideManager.install(at: "\(file):\(line)") {
            let manager = try await make(configuration, drivers: drivers, clock: clock)
            manager.startBackgroundWork()
            return manager
        }
    }

    /// Makes a manager of its own from a configuration, without making it the process-wide one.
    ///
    /// - Parameters:
    ///   - configuration: A dictionary, or `.environment()`.
    ///   - drivers: The drivers that the configuration can name.
    ///   - clock: What lifetimes are measured with.
    /// - Returns: The manager.
    /// - Throws: ``CacheConfigurationError`` with everything that is wrong.
    public static func make(
        _ configuration: CacheConfiguration,
        drivers: [CacheDriver] = [.memory],
        clock: any CacheClock = SystemCacheClock()
    ) async throws -> CacheManager {
        var reader = ConfigurationReader(configuration, drivers: drivers)
        let caches = reader.caches()
        var problems = reader.problems
        // Nothing is opened for a configuration that will not be used.
        guard problems.isEmpty else { throw CacheConfigurationError(problems: problems) }
        var specifications: [CachePipeline.Specification] = []
        for cache in caches {
            let settings = DriverSettings(
                cacheName: cache.name,
                keyPrefix: keyPrefix(of: cache, among: caches),
                clock: clock,
                values: cache.values
            )
            do {
                let backend = try await cache.driver.make(settings)
                specifications.append(CachePipeline.Specification(settings, backend))
            } catch {
                let reason = cache.redacted("\(error)")
                let message = "the driver \"\(cache.driver.name)\" could not be started: \(reason)"
                problems.append(.init(cache: cache.name, key: "driver", source: cache.source, message: message))
            }
        }
        guard problems.isEmpty, let main = specifications.first(where: { $0.name == defaultCacheName }) else {
            for case let backend as any ManagedBackend in specifications.map(\.backend) { await backend.shutdown() }
            throw CacheConfigurationError(problems: problems)
        }
        return CacheManager(main, specifications.filter { $0.name != defaultCacheName }, clock: clock)
    }

    /// The process-wide manager.
    ///
    /// - Throws: ``CacheError/notConfigured``, or ``CacheError/shutDown`` when it was shut down and no other one was
    ///   configured.
    public static var shared: CacheManager {
        get throws {
            guard let manager = ProcessWideManager.current else { throw CacheError.notConfigured }
            guard !manager.isShutDown else { throw CacheError.shutDown }
            return manager
        }
    }

    /// Shuts the process-wide manager down, after which another can be configured.
    ///
    /// Until then cached functions call their functions. Without a manager it does nothing.
    ///
    /// - Parameter gracePeriod: How long to wait for loads that run.
    public static func shutdown(gracePeriod: Duration = .seconds(10)) async {
        await ProcessWideManager.retire()?.shutdown(gracePeriod: gracePeriod)
    }

    /// What stands before the keys of a cache: prefix and version, and its name unless it has a prefix of its own.
    private static func keyPrefix(of cache: ConfigurationReader.Cache, among all: [ConfigurationReader.Cache]) -> String
    {
        let text = { (values: [String: Setting]?, key: String) -> String? in
            if case .text(let text)? = values?[key] { text } else { nil }
        }
        let prefix = text(cache.values, "prefix")
        let common = all.first { $0.name == defaultCacheName }
        let sharesPrefix = cache.name != defaultCacheName && prefix == text(common?.values, "prefix")
        return KeyParts.prefix([prefix, text(cache.values, "version"), sharesPrefix ? cache.name : nil])
    }
}

extension CachePipeline.Specification {
    fileprivate init(_ settings: DriverSettings, _ backend: any CacheBackend) {
        var defaults = CacheDefaults()
        if let ttl = settings.lifetime("ttl") { defaults.ttl = ttl }
        if let jitter = settings.number("jitter") { defaults.jitter = jitter }
        if let timeout = settings.duration("timeout") { defaults.backendTimeout = timeout }
        self.init(
            name: settings.cacheName,
            backend: backend,
            keyPrefix: settings.keyPrefix,
            defaults: defaults,
            ownsStore: backend is MemoryBackend,
            isExclusive: true
        )
    }
}
