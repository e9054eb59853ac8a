// SPDX-License-Identifier: Apache-2.0

/// Whether the backend of a cache works, as far as its operations have shown.
public struct BackendHealth: Sendable, Hashable, Codable {
    /// Whether operations are sent to it; false while it is left alone, after several failures in a row or because too
    /// many operations that were given up have not returned.
    public var isAvailable = true

    /// The number of operations that failed in a row, at most those that make it unavailable.
    public var consecutiveFailures = 0

    /// The number of operations that run and are waited for.
    public var runningOperations = 0

    /// The number of operations that were given up and have not returned: they were late, or their callers left.
    public var abandonedOperations = 0

    /// Whether there is a connection; nil for a backend that has none, or has not been used.
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
