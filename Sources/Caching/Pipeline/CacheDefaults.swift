// SPDX-License-Identifier: Apache-2.0

/// What a cache does when neither the call nor the function says.
struct CacheDefaults: Sendable {
    var ttl: TTL = .seconds(300)
    var jitter: Double = 0
    /// Draws the random numbers of jitter, in 0..<1.
    var random: @Sendable () -> Double = { .random(in: 0..<1) }
    /// How long the pipeline waits for a backend outside the process.
    var backendTimeout: Duration = .milliseconds(500)
}
