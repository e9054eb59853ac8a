// SPDX-License-Identifier: Apache-2.0

/// Turns a configuration into checked settings per cache, or into a list of everything that is wrong.
///
/// It is pure: the environment is an argument.
struct ConfigurationReader {
    /// One value and where it stands.
    private struct Raw {
        let value: ConfigurationValue
        let source: String
    }

    /// One cache as it was configured.
    struct Cache {
        let name: String
        let driver: CacheDriver
        var values: [String: Setting]
        let source: String
        let secretNames: Set<String>

        /// A text of the driver's, which may quote what it was configured with, without the secrets.
        func redacted(_ text: String) -> String {
            let secrets = secretNames.flatMap { name -> [String] in
                guard case .text(let secret)? = values[name] else { return [] }
                // The password in an address is a secret of its own: scheme://user:password@host.
                let user = secret.split(separator: "@").first.flatMap { $0.split(separator: "/").last }
                let password = secret.contains("@") ? user?.split(separator: ":").last.map(String.init) : nil
                return [secret] + [password].compactMap { $0 }
            }
            // The longest first, because one may be a part of another.
            return secrets.sorted { $0.utf8.count > $1.utf8.count }
                .reduce(text) {
                    $0.split(separator: $1, omittingEmptySubsequences: false).joined(separator: "(not shown)")
                }
        }
    }

    private let drivers: [CacheDriver]
    private let options: [String: DriverOption]
    private var raw: [String: [String: Raw]] = [CacheName.default: [:]]
    private(set) var problems: [CacheConfigurationError.Problem] = []

    init(_ configuration: CacheConfiguration, drivers: [CacheDriver]) {
        self.drivers = drivers
        let all = drivers.flatMap(\.options) + DriverOption.common + DriverOption.wellKnown
        options = Dictionary(all.map { ($0.name, $0) }) { first, _ in first }
        for layer in configuration.layers {
            switch layer {
            case .dictionary(let caches): read(caches)
            case .environment(let variables, let prefix): read(variables, prefix: prefix)
            }
        }
    }

    /// The caches, in the order of their names; those with problems are missing.
    mutating func caches() -> [Cache] {
        let names = raw.keys.sorted()
        let common = settings(of: CacheName.default, inheriting: [:], sources: [:])
        return names.compactMap { name in
            let isDefault = name == CacheName.default
            let own = isDefault ? common : settings(of: name, inheriting: common.values, sources: common.sources)
            return cache(name, own.values, own.sources)
        }
    }

    private mutating func read(_ caches: [String: [String: ConfigurationValue]]) {
        for (cache, settings) in caches.sorted(by: { $0.key < $1.key }) {
            let source = "dictionary[\"\(cache)\"]"
            if let reason = KeyRules.objection(to: cache) {
                report(cache, nil, source, "the name of a cache must be a key: \(reason)")
                continue
            }
            // A cache without settings of its own exists too.
            raw[cache] = raw[cache] ?? [:]
            for (key, value) in settings.sorted(by: { $0.key < $1.key }) {
                add(cache, key, Raw(value: value, source: "\(source)[\"\(key)\"]"))
            }
        }
    }

    private mutating func read(_ variables: [String: String], prefix: String) {
        // A variable that is set to nothing is how many shells and files say "not set".
        let variables = variables.filter { !$0.value.isEmpty }
        for (variable, text) in variables.sorted(by: { $0.key < $1.key }) where variable.hasPrefix(prefix) {
            let path = variable.dropFirst(prefix.count).lowercased()
            let source = "environment variable \(variable)"
            // The longest known name at the end is the setting; what is before it names the cache.
            let key = options.keys.filter {
                path == $0 || (path.hasSuffix("_" + $0) && path.count > $0.count + 1)
            }.max { $0.count < $1.count }
            if let key {
                let cache = path == key ? CacheName.default : String(path.dropLast(key.count + 1))
                add(cache, key, Raw(value: .text(text), source: source))
            } else {
                let parts = path.split(separator: "_", omittingEmptySubsequences: false)
                let cache = parts.dropLast().joined(separator: "_")
                let hint = nearest(parts.last.map(String.init) ?? "").map { near in
                    "; did you mean \(prefix)\((cache.isEmpty ? near : "\(cache)_\(near)").uppercased())?"
                }
                report(cache.isEmpty ? CacheName.default : cache, path, source, unknown(hint))
            }
        }
        for option in drivers.flatMap(\.options) {
            for name in option.environment {
                guard let text = variables[name] else { continue }
                let value = Raw(value: .text(text), source: "environment variable \(name)")
                if raw[CacheName.default]?[option.name] == nil {
                    raw[CacheName.default]?[option.name] = value
                }
            }
        }
    }

    /// Adds a value unless a nearer layer has set it.
    private mutating func add(_ cache: String, _ key: String, _ value: Raw) {
        guard options[key] != nil else {
            let hint = nearest(key).map { "; did you mean \"\($0)\"?" }
            return report(cache, key, value.source, unknown(hint))
        }
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
            if values[key] == nil {
                // An unreadable value stays nil on purpose: what was inherited must not hide it.
                let shown = option.isSecret ? "the given value (not shown)" : value.value.shown
                report(
                    cache,
                    key,
                    value.source,
                    "\(shown) is not accepted for \"\(key)\": \(SettingParser.accepted(option.kind))"
                )
            }
        }
        return (values, sources)
    }

    private mutating func cache(_ name: String, _ values: [String: Setting], _ sources: [String: String]) -> Cache? {
        var driverName = "memory"
        if case .text(let value)? = values["driver"] { driverName = value }
        let source = sources["driver"] ?? "cache \"\(name)\""
        guard let driver = drivers.first(where: { $0.name == driverName }) else {
            let known = drivers.map(\.name)
            let hint = NearestName.of(driverName, in: known).map { "; did you mean \"\($0)\"?" } ?? ""
            let more =
                ["redis", "valkey"].contains(driverName)
                ? "; this version has no driver for Redis and Valkey, pass your own in `drivers:`" : ""
            report(
                name,
                "driver",
                source,
                "there is no driver \(KeyRules.quoted(driverName)); accepted: \(known.joined(separator: ", "))\(hint)\(more)"
            )
            return nil
        }
        for option in driver.options
        where option.isRequired && values[option.name] == nil && sources[option.name] == nil {
            report(
                name,
                option.name,
                source,
                "the driver \"\(driverName)\" needs \"\(option.name)\": \(SettingParser.accepted(option.kind))"
            )
        }
        let secretNames = Set(options.values.filter(\.isSecret).map(\.name))
        return Cache(name: name, driver: driver, values: values, source: source, secretNames: secretNames)
    }

    private func nearest(_ key: String) -> String? {
        // The settings every cache has come first: they are the likelier ones.
        let common = DriverOption.common.map(\.name)
        return NearestName.of(key, in: common + options.keys.sorted().filter { !common.contains($0) })
    }

    private func unknown(_ hint: String?) -> String {
        "unknown setting\(hint ?? ""); accepted: \(options.keys.sorted().joined(separator: ", "))"
    }

    private mutating func report(_ cache: String, _ key: String?, _ source: String, _ message: String) {
        let problem = CacheConfigurationError.Problem(cache: cache, key: key, source: source, message: message)
        // What a cache inherits from the default one is reported once, there.
        let isKnown = problems.contains { ($0.key, $0.source, $0.message) == (key, source, message) }
        if !isKnown { problems.append(problem) }
    }
}
