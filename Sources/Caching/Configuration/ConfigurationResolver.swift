// SPDX-License-Identifier: Apache-2.0

/// Turns a configuration into checked settings for each cache, or into a list of all mistakes.
///
/// A pure type: the environment is an argument.
package struct ConfigurationResolver {
    /// A value and its source.
    private struct SourcedValue {
        let value: ConfigurationValue
        let source: String
    }

    /// The settings of a cache, checked.
    struct ResolvedCache {
        let name: String
        /// The driver that makes the backend; nil when the cache is switched off.
        let driver: CacheDriver?
        var values: [String: Setting]
        let source: String
    }

    private let drivers: [CacheDriver]
    private let options: [String: DriverOption]
    private var raw: [String: [String: SourcedValue]] = [CacheName.default: [:]]

    /// The secret values of all caches.
    private(set) var secrets = Secrets()

    package private(set) var problems: [CacheConfigurationError.Problem] = []

    /// The environment variables that begin with the prefix and set nothing.
    package private(set) var ignoredVariables: [String] = []

    package init(_ configuration: CacheConfiguration, drivers: [CacheDriver]) {
        self.drivers = drivers
        let all = drivers.flatMap(\.options) + DriverOption.common + [DriverOption.capacity]
        options = Dictionary(all.map { ($0.name, $0) }) { first, other in first.isSecret ? first : first.or(other) }
        checkDrivers()
        let named = configuration.layers.flatMap { layer -> [String] in
            if case .dictionary(let caches, _) = layer { Array(caches.keys) } else { [] }
        }
        for layer in configuration.layers {
            switch layer {
            case .dictionary(let caches, let source): read(caches, source)
            case .environment(let variables, let prefix): read(variables, prefix, Set(named).union([CacheName.default]))
            }
        }
    }

    /// The caches, in the order of their names; those with problems are missing.
    mutating func caches() -> [ResolvedCache] {
        let names = raw.keys.sorted()
        let common = settings(of: CacheName.default, inheriting: [:], sources: [:])
        return names.compactMap { name in
            let isDefault = name == CacheName.default
            let own = isDefault ? common : settings(of: name, inheriting: common.values, sources: common.sources)
            return cache(name, own.values, own.sources)
        }
    }

    private mutating func checkDrivers() {
        for driver in drivers {
            for option in driver.options {
                guard let reason = option.objection else { continue }
                report(CacheName.default, option.name, "driver \(QuotedText.of(driver.name))", reason)
            }
        }
    }

    private mutating func read(_ caches: [String: [String: ConfigurationValue]], _ source: String) {
        for (cache, settings) in caches.sorted(by: { $0.key < $1.key }) {
            let source = "\(source)[\(QuotedText.of(cache))]"
            if let reason = KeyRules.problem(with: cache) {
                report(cache, nil, source, "the name of a cache must be a key: \(reason)")
                continue
            }
            // A cache may have no settings of its own.
            raw[cache] = raw[cache] ?? [:]
            for (key, value) in settings.sorted(by: { $0.key < $1.key }) {
                guard options[key] == nil else {
                    add(cache, key, SourcedValue(value: value, source: "\(source)[\(QuotedText.of(key))]"))
                    continue
                }
                if let reason = refusal(of: key) {
                    report(cache, key, "\(source)[\(QuotedText.of(key))]", reason)
                    continue
                }
                let hint = NearestName.of(key, in: likelySettings).map { "; did you mean \"\($0)\"?" } ?? ""
                let accepted = options.keys.sorted().joined(separator: ", ")
                report(cache, key, "\(source)[\(QuotedText.of(key))]", "unknown setting\(hint); accepted: \(accepted)")
            }
        }
    }

    private mutating func read(_ variables: [String: String], _ prefix: String, _ caches: Set<String>) {
        let environment = EnvironmentVariables(
            variables,
            prefix: prefix,
            settings: likelySettings,
            caches: Array(caches)
        )
        for mistake in environment.mistakes {
            report(mistake.cache, mistake.key, "environment variable \(mistake.variable)", mistake.message)
        }
        ignoredVariables += environment.ignored
        for assignment in environment.assignments {
            let source = "environment variable \(assignment.variable)"
            add(assignment.cache, assignment.key, SourcedValue(value: .text(assignment.text), source: source))
        }
        for (name, reason) in drivers.flatMap(\.refusals).sorted(by: { $0.key < $1.key }) where options[name] == nil {
            let variable = prefix + name.uppercased()
            guard variables[variable]?.isEmpty == false else { continue }
            ignoredVariables.removeAll { $0 == variable }
            report(CacheName.default, name, "environment variable \(variable)", reason)
        }
        for option in drivers.flatMap(\.options) {
            for name in option.environment {
                guard let text = variables[name], !text.isEmpty else { continue }
                add(
                    CacheName.default,
                    option.name,
                    SourcedValue(value: .text(text), source: "environment variable \(name)")
                )
            }
        }
    }

    private func refusal(of key: String) -> String? { drivers.lazy.compactMap { $0.refusals[key] }.first }

    /// Adds a value unless an earlier layer has set it.
    private mutating func add(_ cache: String, _ key: String, _ value: SourcedValue) {
        if options[key]?.isSecret == true { secrets.insert(value.value, isAddress: key.hasSuffix("url")) }
        if raw[cache, default: [:]][key] == nil { raw[cache, default: [:]][key] = value }
    }

    private mutating func settings(
        of cache: String,
        inheriting inherited: [String: Setting],
        sources: [String: String]
    ) -> (values: [String: Setting], sources: [String: String]) {
        var values = inherited
        var sources = sources
        for (key, value) in (raw[cache] ?? [:]).sorted(by: { $0.key < $1.key }) {
            guard let option = options[key] else { continue }
            sources[key] = value.source
            values[key] = SettingParser.parse(value.value, as: option.kind)
            // A value that is not accepted must not be hidden by an inherited one.
            if values[key] == nil { report(cache, value, isNotAcceptedFor: option) }
        }
        return (values, sources)
    }

    private mutating func report(_ cache: String, _ value: SourcedValue, isNotAcceptedFor option: DriverOption) {
        let shown = option.isSecret ? "the given value (not shown)" : value.value.shown
        let accepted = SettingParser.accepted(option.kind)
        let hint = option.isSecret ? nil : SettingParser.hint(value.value, for: option)
        let message = "\(shown) is not accepted for \"\(option.name)\": \(accepted)"
        report(cache, option.name, value.source, message + (hint.map { "; \($0)" } ?? ""))
    }

    private mutating func cache(_ name: String, _ values: [String: Setting], _ sources: [String: String])
        -> ResolvedCache?
    {
        var driverName = "memory"
        if case .text(let value)? = values["driver"] { driverName = value }
        let source = sources["driver"] ?? "cache \"\(name)\""
        guard let driver = drivers.first(where: { $0.name == driverName }) else {
            guard driverName != CacheDriver.none else {
                return ResolvedCache(name: name, driver: nil, values: values, source: source)
            }
            let known = drivers.map(\.name) + [CacheDriver.none]
            let hint = NearestName.of(driverName, in: known).map { "; did you mean \"\($0)\"?" } ?? ""
            let more = CacheDriver.driversOfOtherModules[driverName].map { "; \($0)" } ?? ""
            let accepted = known.joined(separator: ", ")
            let message = "there is no driver \(QuotedText.of(driverName)); accepted: \(accepted)\(hint)\(more)"
            report(name, "driver", source, message)
            return nil
        }
        for option in driver.options
        where option.isRequired && values[option.name] == nil && sources[option.name] == nil {
            let accepted = SettingParser.accepted(option.kind)
            report(name, option.name, source, "the driver \"\(driverName)\" needs \"\(option.name)\": \(accepted)")
        }
        return ResolvedCache(name: name, driver: driver, values: values, source: source)
    }

    /// The names of all settings; those that every cache has come first, because they are likelier.
    private var likelySettings: [String] {
        let common = DriverOption.common.map(\.name)
        return common + options.keys.sorted().filter { !common.contains($0) }
    }

    private mutating func report(_ cache: String, _ key: String?, _ source: String, _ message: String) {
        let problem = CacheConfigurationError.Problem(cache: cache, key: key, source: source, message: message)
        // A problem of an inherited setting is reported once, for the default cache.
        let isKnown = problems.contains { ($0.key, $0.source, $0.message) == (key, source, message) }
        if !isKnown { problems.append(problem) }
    }
}

extension DriverOption {
    /// Returns the setting, as a secret if it is one for another driver.
    fileprivate func or(_ other: DriverOption) -> DriverOption {
        guard other.isSecret else { return self }
        return DriverOption(name, kind, isRequired: isRequired, isSecret: true, environment: environment)
    }
}
