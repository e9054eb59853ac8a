// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials

/// The configuration of the caches of a service: a dictionary, the environment, or one over the other.
///
/// ```swift
/// try await CacheManager.configure(["default": ["driver": "memory", "ttl": 300], "sessions": ["ttl": "30m"]])
/// try await CacheManager.configure(.environment(over: ["default": ["ttl": 60]]))
/// ```
///
/// The first level names the caches; what a named cache does not say it takes from `default`. Nothing is checked
/// before ``CacheManager/configure(_:drivers:clock:file:line:)``, which reports everything that is wrong at once. In
/// texts and dumps no value is shown, because some are secrets.
public struct CacheConfiguration: Sendable {
    /// One source, with what it says; nearer layers come first.
    enum Layer: Sendable {
        case dictionary([String: [String: ConfigurationValue]])
        case environment([String: String], prefix: String)
    }

    let layers: [Layer]

    /// Creates a configuration from a dictionary.
    ///
    /// - Parameter caches: The settings of each cache, by its name; `default` is the cache without a name.
    public init(_ caches: [String: [String: ConfigurationValue]]) {
        layers = [.dictionary(caches)]
    }

    private init(layers: [Layer]) { self.layers = layers }

    /// A configuration from environment variables.
    ///
    /// `CACHE_TTL` sets `ttl` of the default cache, `CACHE_SESSIONS_TTL` that of the cache `sessions`. A variable that
    /// begins with the prefix and names no setting is an error if it nearly does, and belongs to somebody else if not.
    ///
    /// - Parameters:
    ///   - variables: The variables; those of the process when left out.
    ///   - prefix: What the names of the variables begin with.
    ///   - defaults: What holds where the environment does not say.
    /// - Returns: The configuration.
    public static func environment(
        _ variables: [String: String]? = nil,
        prefix: String = "CACHE_",
        over defaults: CacheConfiguration = [:]
    ) -> CacheConfiguration {
        let variables = variables ?? ProcessInfo.processInfo.environment
        return CacheConfiguration(layers: [.environment(variables, prefix: prefix)] + defaults.layers)
    }
}

extension CacheConfiguration: ExpressibleByDictionaryLiteral {
    /// Creates a configuration from a literal; a cache that is named twice keeps the last settings.
    ///
    /// - Parameter elements: The caches and their settings.
    public init(dictionaryLiteral elements: (String, [String: ConfigurationValue])...) {
        self.init(Dictionary(elements) { _, last in last })
    }
}

extension CacheConfiguration: CustomStringConvertible, CustomReflectable {
    /// The sources of the configuration, without its values.
    public var description: String {
        "CacheConfiguration("
            + layers.map { layer in
                switch layer {
                case .dictionary(let caches): "dictionary: \(caches.keys.sorted().joined(separator: ", "))"
                case .environment(_, let prefix): "environment: \(prefix)*"
                }
            }
            .joined(separator: "; ") + ")"
    }

    /// A mirror without children, so that `dump` shows no secret.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
