// SPDX-License-Identifier: Apache-2.0

/// The checked settings of a cache, for its driver.
public struct DriverSettings: Sendable {
    /// The name of the cache.
    public let cacheName: String

    /// The beginning of all keys of the cache; a backend on a shared server must clear no other keys.
    public let keyPrefix: String

    /// The clock of the manager.
    public let clock: any CacheClock

    let values: [String: Setting]

    private let warnings: StartupWarnings

    init(
        cacheName: String,
        keyPrefix: String,
        clock: any CacheClock,
        values: [String: Setting],
        warnings: StartupWarnings
    ) {
        self.cacheName = cacheName
        self.keyPrefix = keyPrefix
        self.clock = clock
        self.values = values
        self.warnings = warnings
    }

    /// Adds a warning for the operator of the service, which starts nevertheless.
    ///
    /// Warnings are in ``CacheManager/warnings``, and are written to standard error.
    ///
    /// - Parameter message: The message, without a secret.
    public func warn(_ message: String) { warnings.add(message, cache: cacheName) }

    /// The value of a text setting; nil when it was not configured.
    ///
    /// - Parameter name: The name of the setting.
    /// - Returns: The text.
    public func text(_ name: String) -> String? {
        if case .text(let value)? = values[name] { value } else { nil }
    }

    /// The value of an integer setting; nil when it was not configured.
    ///
    /// - Parameter name: The name of the setting.
    /// - Returns: The number.
    public func integer(_ name: String) -> Int? {
        if case .integer(let value)? = values[name] { value } else { nil }
    }

    /// The value of a capacity setting that was given in bytes; nil when it was given in entries, or not at all.
    ///
    /// - Parameter name: The name of the setting.
    /// - Returns: The number of bytes.
    public func bytes(_ name: String) -> Int? {
        if case .bytes(let value)? = values[name] { value } else { nil }
    }

    /// The value of a number setting; nil when it was not configured.
    ///
    /// - Parameter name: The name of the setting.
    /// - Returns: The number.
    public func number(_ name: String) -> Double? {
        if case .number(let value)? = values[name] { value } else { nil }
    }

    /// The value of a boolean setting; nil when it was not configured.
    ///
    /// - Parameter name: The name of the setting.
    /// - Returns: The truth value.
    public func boolean(_ name: String) -> Bool? {
        if case .boolean(let value)? = values[name] { value } else { nil }
    }

    /// The value of a duration setting; nil when it was not configured, or is `forever`.
    ///
    /// - Parameter name: The name of the setting.
    /// - Returns: The duration.
    public func duration(_ name: String) -> Duration? {
        if case .lifetime(let value)? = values[name] { value.lifetime } else { nil }
    }

    func lifetime(_ name: String) -> TTL? {
        if case .lifetime(let value)? = values[name] { value } else { nil }
    }
}

extension DriverSettings: CustomStringConvertible, CustomReflectable {
    /// The name of the cache and of its settings, without their values.
    public var description: String {
        "DriverSettings(\(QuotedText.of(cacheName)): \(values.keys.sorted().joined(separator: ", ")))"
    }

    /// A mirror without children, so that `dump` shows no secret.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
