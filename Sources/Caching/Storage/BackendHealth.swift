// SPDX-License-Identifier: Apache-2.0

/// Whether the backend of a cache works, as far as its operations have shown.
public struct BackendHealth: Sendable, Hashable, Codable {
    /// Whether operations are sent to it; false while it is left alone after several failures in a row.
    public var isAvailable = true

    /// How many operations failed in a row, as far as that matters.
    public var consecutiveFailures = 0

    /// How many operations run that somebody waits for.
    public var runningOperations = 0

    /// How many operations were given up, because they were late, and have not returned.
    public var abandonedOperations = 0

    /// Creates the health of a backend that works.
    public init() {}

    init(isAvailable: Bool, consecutiveFailures: Int, runningOperations: Int, abandonedOperations: Int) {
        self.isAvailable = isAvailable
        self.consecutiveFailures = consecutiveFailures
        self.runningOperations = runningOperations
        self.abandonedOperations = abandonedOperations
    }
}
