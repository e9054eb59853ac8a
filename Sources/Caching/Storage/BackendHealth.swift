// SPDX-License-Identifier: Apache-2.0

/// Whether the backend of a cache works, as far as its operations have shown.
///
/// ```swift
/// for (cache, health) in manager.health where !health.isAvailable {
///     print("\(cache): \(health.consecutiveFailures) failures in a row")
/// }
/// ```
public struct BackendHealth: Sendable, Hashable, Codable {
    /// Whether the backend is used; false for a while after several failures in a row, and while too many abandoned
    /// operations have not returned.
    public var isAvailable = true

    /// The number of operations that failed in a row, at most the number that makes the backend unavailable.
    public var consecutiveFailures = 0

    /// The number of operations that run and have a caller that waits.
    public var runningOperations = 0

    /// The number of operations that were abandoned, because they were late or their callers left, and have not returned.
    public var abandonedOperations = 0

    /// Whether the backend is connected; nil for a backend without a connection, or one that has not been used.
    public var isConnected: Bool?

    /// The reason why there is no connection; nil while there is one.
    public var lastFailure: String?

    /// Creates the health of a backend that works.
    public init() {}

    init(
        isAvailable: Bool,
        consecutiveFailures: Int,
        runningOperations: Int,
        abandonedOperations: Int,
        isConnected: Bool?,
        lastFailure: String?
    ) {
        self.isAvailable = isAvailable
        self.consecutiveFailures = consecutiveFailures
        self.runningOperations = runningOperations
        self.abandonedOperations = abandonedOperations
        self.isConnected = isConnected
        self.lastFailure = lastFailure
    }
}
