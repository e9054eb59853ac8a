// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials

/// The configuration of the caches of a service: a dictionary, a file, the environment, or one over the other.
///
/// ```swift
/// try await CacheManager.configure(["default": ["driver": "memory", "ttl": 300], "sessions": ["ttl": "30m"]])
/// try await CacheManager.configure(.environment(over: ["default": ["ttl": TTL(seconds), "prefix": prefix]]))
/// ```
///
/// The first level names the caches; a setting that a named cache does not have is that of `default`. Nothing is
/// checked before ``CacheManager/configure(_:drivers:clock:fileID:line:)``, which reports all mistakes at once.
///
/// Some values are secrets, such as the password in an address, and only the drivers know which. So texts and dumps of
/// a configuration show no value, and a configuration can be decoded but not encoded.
public struct CacheConfiguration: Sendable {
    /// One source and its settings; a layer goes before those after it.
    enum Layer: Sendable {
        /// Settings of caches, and the name of their source in errors.
        case dictionary([String: [String: ConfigurationValue]], source: String)
        case environment([String: String], variablePrefix: String)
    }

    let layers: [Layer]

    /// Creates a configuration from a dictionary.
    ///
    /// - Parameter caches: The settings of each cache, by its name; `default` is the cache without a name.
    public init(_ caches: [String: [String: any ConfigurationConvertible]]) {
        self.init(caches.mapValues { $0.mapValues(\.configurationValue) }, source: "dictionary")
    }

    private init(_ caches: [String: [String: ConfigurationValue]], source: String) {
        layers = [.dictionary(caches, source: source)]
    }

    private init(layers: [Layer]) { self.layers = layers }

    /// A configuration from environment variables.
    ///
    /// `CACHE_TTL` sets `ttl` of the default cache, `CACHE_SESSIONS_TTL` that of the cache `sessions`. A variable that
    /// begins with `CACHE_` and names no setting is an error if it nearly names one, and ignored otherwise.
    ///
    /// - Parameters:
    ///   - variables: The variables; those of the process when left out.
    ///   - variablePrefix: The beginning of the names of the variables; the setting `prefix` is that of keys.
    ///   - defaults: The configuration for settings that the environment does not have.
    /// - Returns: The configuration.
    public static func environment(
        _ variables: [String: String]? = nil,
        variablePrefix: String = "CACHE_",
        over defaults: CacheConfiguration = [:]
    ) -> CacheConfiguration {
        let variables = variables ?? ProcessInfo.processInfo.environment
        return CacheConfiguration(layers: [.environment(variables, variablePrefix: variablePrefix)] + defaults.layers)
    }
}

extension CacheConfiguration: ExpressibleByDictionaryLiteral {
    /// Creates a configuration from a literal; a cache that is named twice keeps the last settings.
    ///
    /// - Parameter elements: The caches and their settings.
    public init(dictionaryLiteral elements: (String, [String: any ConfigurationConvertible])...) {
        self.init(Dictionary(elements) { _, last in last })
    }
}

extension CacheConfiguration: Decodable {
    /// Creates a configuration from a file: an object of caches, each an object of settings.
    ///
    /// ```swift
    /// let configuration = try JSONDecoder().decode(CacheConfiguration.self, from: data)
    /// ```
    ///
    /// Errors name its settings as in `decoded["default"]["ttl"]`.
    ///
    /// - Parameter decoder: The decoder.
    /// - Throws: `DecodingError` when it has another form; the settings are checked when the caches are configured.
    public init(from decoder: any Decoder) throws {
        self.init(try [String: [String: ConfigurationValue]](from: decoder), source: "decoded")
    }
}

extension CacheConfiguration: CustomStringConvertible, CustomReflectable {
    /// The sources of the configuration, without its values.
    public var description: String {
        "CacheConfiguration("
            + layers.map { layer in
                switch layer {
                case .dictionary(let caches, let source): "\(source): \(caches.keys.sorted().joined(separator: ", "))"
                case .environment(_, let prefix): "environment: \(prefix)*"
                }
            }
            .joined(separator: "; ") + ")"
    }

    /// A mirror without children, so that `dump` shows no secret.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
