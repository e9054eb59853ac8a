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
            manager.startMaintenance()
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
        let layout = KeyLayout(caches.map { $0.layout(among: caches.count) })
        var problems = reader.problems + layout.conflicts.map(CacheConfigurationError.Problem.init)
        // Nothing is opened for a configuration that will not be used.
        guard problems.isEmpty else { throw CacheConfigurationError(problems: problems) }
        var specifications: [CacheSpecification] = []
        for (cache, keyPrefix) in zip(caches, layout.prefixes) {
            let settings = DriverSettings(
                cacheName: cache.name,
                keyPrefix: keyPrefix,
                clock: clock,
                values: cache.values
            )
            do {
                specifications.append(CacheSpecification(settings, try await cache.driver?.make(settings)))
            } catch {
                let name = cache.driver?.name ?? ""
                let reason = reader.secrets.removed(from: "\(error)")
                let message = "the driver \"\(name)\" could not be started: \(reason)"
                problems.append(.init(cache: cache.name, key: "driver", source: cache.source, message: message))
            }
        }
        guard problems.isEmpty, let main = specifications.first(where: { $0.name == CacheName.default }) else {
            for case let backend as any ManagedBackend in specifications.map(\.backend) { await backend.shutdown() }
            throw CacheConfigurationError(problems: problems)
        }
        return CacheManager(main, specifications.filter { $0.name != CacheName.default }, clock: clock)
    }

    /// The process-wide manager.
    ///
    /// - Throws: ``CacheError/notConfigured``.
    public static var shared: CacheManager {
        get throws {
            guard let manager = ProcessWideManager.current else { throw CacheError.notConfigured }
            return manager
        }
    }

    /// Shuts the process-wide manager down, after which another can be configured.
    ///
    /// Without one it does nothing.
    public static func shutdown() async {
        await ProcessWideManager.remove()?.shutdown()
    }
}

extension ConfigurationReader.Cache {
    /// Returns the parts of the keys of the cache: its name too, when other caches or services may be beside it.
    fileprivate func layout(among count: Int) -> KeyLayout.Cache {
        let text = { (key: String) -> String? in if case .text(let text)? = values[key] { text } else { nil } }
        let isNamed = count > 1 || driver?.isBuiltInMemory != true
        return KeyLayout.Cache(name: name, prefix: text("prefix"), version: text("version"), isNamed: isNamed)
    }
}

extension CacheConfigurationError.Problem {
    fileprivate init(_ conflict: KeyLayout.Conflict) {
        let source = "cache \(KeyRules.quoted(conflict.inner))"
        self.init(cache: conflict.inner, key: "prefix", source: source, message: conflict.reason)
    }
}

extension CacheSpecification {
    fileprivate init(_ settings: DriverSettings, _ backend: (any CacheBackend)?) {
        var defaults = CacheDefaults()
        if let ttl = settings.lifetime("ttl") { defaults.ttl = ttl }
        if let jitter = settings.number("jitter") { defaults.jitter = jitter }
        if let timeout = settings.duration("timeout") { defaults.backendTimeout = timeout }
        self.init(
            name: settings.cacheName,
            backend: backend,
            keyPrefix: settings.keyPrefix,
            defaults: defaults,
            ownsBackend: true
        )
    }
}
