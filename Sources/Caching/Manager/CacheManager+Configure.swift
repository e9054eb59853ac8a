// SPDX-License-Identifier: Apache-2.0

extension CacheManager {
    /// Configures the caches of the process, once, at startup.
    ///
    /// ```swift
    /// try await CacheManager.configure([
    ///     "default": ["ttl": 300, "capacity": 50_000],
    ///     "sessions": ["ttl": "30m", "jitter": 0.1],
    /// ])
    /// ```
    ///
    /// - Parameters:
    ///   - configuration: A dictionary, or `.environment()`.
    ///   - drivers: The drivers that the configuration can name.
    ///   - clock: The clock that measures lifetimes.
    ///   - fileID: The file of the call, for the error of a second call.
    ///   - line: The line of the call.
    /// - Returns: The manager, which is also ``shared``.
    /// - Throws: ``CacheConfigurationError`` with all problems; ``CacheError/alreadyConfigured(location:)``.
    @discardableResult
    public static func configure(
        _ configuration: CacheConfiguration = [:],
        drivers: [CacheDriver] = [.memory],
        clock: any CacheClock = SystemCacheClock(),
        fileID: String = #fileID,
        line: Int = #line
    ) async throws -> CacheManager {
        try await ProcessWideManager.install(at: "\(fileID):\(line)") {
            let manager = try await make(configuration, drivers: drivers, clock: clock)
            manager.startBackgroundWork()
            return manager
        }
    }

    /// Returns a manager that is made from a configuration and is not the process-wide one.
    ///
    /// - Parameters:
    ///   - configuration: A dictionary, or `.environment()`.
    ///   - drivers: The drivers that the configuration can name.
    ///   - clock: The clock that measures lifetimes.
    /// - Returns: The manager.
    /// - Throws: ``CacheConfigurationError`` with all problems.
    public static func make(
        _ configuration: CacheConfiguration,
        drivers: [CacheDriver] = [.memory],
        clock: any CacheClock = SystemCacheClock()
    ) async throws -> CacheManager {
        var reader = ConfigurationResolver(configuration, drivers: drivers)
        let caches = reader.caches()
        let layout = KeyLayout(caches.map { $0.layout(among: caches.count) })
        var problems = reader.problems + layout.conflicts.map(CacheConfigurationError.Problem.init)
        // No backend is opened for an invalid configuration.
        guard problems.isEmpty else { throw CacheConfigurationError(problems: problems) }
        let warnings = StartupWarnings()
        var specifications: [CachePipeline.Specification] = []
        for (cache, keyPrefix) in zip(caches, layout.prefixes) {
            let settings = DriverSettings(
                cacheName: cache.name,
                keyPrefix: keyPrefix,
                clock: clock,
                values: cache.values,
                warnings: warnings
            )
            do {
                let backend = try await cache.driver?.make(settings)
                let ownsStore = cache.driver?.isBuiltInMemory == true
                specifications.append(CachePipeline.Specification(settings, backend, ownsStore: ownsStore))
            } catch {
                let name = cache.driver?.name ?? ""
                let reason = reader.secrets.removed(from: "\(error)")
                let message = "the driver \"\(name)\" could not be started: \(reason)"
                problems.append(.init(cache: cache.name, key: "driver", source: cache.source, message: message))
            }
        }
        guard problems.isEmpty, let first = specifications.firstIndex(where: { $0.name == CacheName.default }) else {
            for backend in CacheManager.managed(among: specifications.compactMap(\.backend)) {
                await backend.shutdown()
            }
            throw CacheConfigurationError(problems: problems)
        }
        for index in specifications.indices {
            guard let backend = specifications[index].backend else { continue }
            let sharers = specifications.count { $0.backend.map { mayBeSame($0, backend) } ?? false }
            specifications[index].isExclusive = sharers == 1
        }
        let standard = specifications[first]
        let messages = warnings.texts(reader.secrets.removed(from:))
        for message in messages { StandardError.write("swift-caching: warning: \(message)\n") }
        let others = specifications.filter { $0.name != CacheName.default }
        return CacheManager(standard, others, clock: clock, warnings: messages)
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

    /// Shuts down the process-wide manager, after which another one can be configured.
    ///
    /// Until then cached functions call the functions that they wrap. Without a manager it has no effect.
    ///
    /// - Parameter gracePeriod: The time after which loads that still run are cancelled.
    public static func shutdown(gracePeriod: Duration = .seconds(10)) async {
        await ProcessWideManager.retire()?.shutdown(gracePeriod: gracePeriod)
    }
}

extension ConfigurationResolver.ResolvedCache {
    /// Returns the layout of the cache's keys, which include its name when other caches may use the same backend.
    fileprivate func layout(among count: Int) -> KeyLayout.Cache {
        let text = { (key: String) -> String? in if case .text(let text)? = values[key] { text } else { nil } }
        let isNamed = count > 1 || driver?.isBuiltInMemory != true
        return KeyLayout.Cache(name: name, prefix: text("prefix"), version: text("version"), isNamed: isNamed)
    }
}

extension CacheConfigurationError.Problem {
    fileprivate init(_ conflict: KeyLayout.Conflict) {
        let source = "cache \(QuotedText.of(conflict.inner))"
        self.init(cache: conflict.inner, key: "prefix", source: source, message: conflict.reason)
    }
}

extension CachePipeline.Specification {
    fileprivate init(_ settings: DriverSettings, _ backend: (any CacheBackend)?, ownsStore: Bool) {
        var defaults = CacheDefaults()
        if let ttl = settings.lifetime("ttl") { defaults.ttl = ttl }
        if let jitter = settings.number("jitter") { defaults.jitter = jitter }
        if let timeout = settings.duration("timeout") { defaults.timeout = timeout }
        self.init(
            name: settings.cacheName,
            backend: backend,
            keyPrefix: settings.keyPrefix,
            defaults: defaults,
            ownsStore: ownsStore
        )
    }
}
