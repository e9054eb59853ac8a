// SPDX-License-Identifier: Apache-2.0

/// The policy that decides when a client reconnects: exponential backoff with full jitter.
///
/// The jitter prevents that all clients of a restarted server connect at the same time:
/// https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
///
/// Times are in nanoseconds of any monotonic clock.
package struct ReconnectPolicy {
    package struct Settings: Sendable, Hashable {
        package var minimumBackoff = Duration.milliseconds(10)
        package var maximumBackoff = Duration.seconds(5)
        /// The backoff after refused credentials, which a retry does not fix.
        package var credentialBackoff = Duration.seconds(5)
        /// The lifetime after which a connection resets the backoff.
        package var stableLifetime = Duration.seconds(1)
        /// The minimum time between replacements of a connection to a server that became read-only.
        package var minimumReplacementInterval = Duration.seconds(30)

        package init() {}
    }

    private let settings: Settings
    private var failures = 0
    private var connectedAt: Int64?
    private var lastReplacement: Int64?

    package init(_ settings: Settings = Settings()) { self.settings = settings }

    /// Records that a connection was established.
    package mutating func connected(now: Int64) { connectedAt = now }

    /// Records that a connection was lost, or that an attempt to connect has failed.
    ///
    /// - Parameters:
    ///   - isCredential: Whether the server refused the credentials.
    ///   - now: The current time.
    ///   - random: A random number in 0..<1.
    /// - Returns: The time of the next attempt.
    package mutating func failed(isCredential: Bool, now: Int64, random: Double) -> Int64 {
        if let connectedAt, now - connectedAt >= settings.stableLifetime.nanoseconds { failures = 0 }
        connectedAt = nil
        failures += 1
        let doubled = failures > 20 ? Int64.max : settings.minimumBackoff.nanoseconds << (failures - 1)
        let longest = min(settings.maximumBackoff.nanoseconds, doubled)
        let pause = isCredential ? settings.credentialBackoff.nanoseconds : longest
        // At least half of it for refused credentials: servers may count failed attempts.
        let shortest = isCredential ? pause / 2 : 0
        return now + shortest + Int64(Double(pause - shortest) * random)
    }

    /// Returns whether to replace the connection to a server that became read-only or lost the authentication.
    package mutating func shouldReplace(now: Int64) -> Bool {
        if let lastReplacement, now - lastReplacement < settings.minimumReplacementInterval.nanoseconds { return false }
        lastReplacement = now
        return true
    }
}
