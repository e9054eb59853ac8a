// SPDX-License-Identifier: Apache-2.0

/// Decides when a client connects again.
///
/// After a failure it waits for a random time below a bound that doubles, so that the clients of a server that comes
/// back do not all come at once: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
///
/// Times are in nanoseconds.
package struct Supervisor {
    package struct Settings: Sendable, Hashable {
        package var shortestPause: Int64 = 10_000_000
        package var longestPause: Int64 = 5_000_000_000
        /// The pause after a refused password, which does not become right by being sent often.
        package var credentialPause: Int64 = 5_000_000_000
        /// A connection that lives that long was a good one.
        package var stableAfter: Int64 = 1_000_000_000
        /// A server that takes no writes may have a successor behind the same name, but not all the time.
        package var shortestReplacement: Int64 = 30_000_000_000

        package init() {}
    }

    private let settings: Settings
    private var failures = 0
    private var connectedAt: Int64?
    private var lastReplacement: Int64?

    package init(_ settings: Settings = Settings()) { self.settings = settings }

    /// Notes that a connection is ready.
    package mutating func connected(now: Int64) { connectedAt = now }

    /// Notes that a connection was lost, or could not be made.
    ///
    /// - Parameters:
    ///   - isCredential: Whether the server refused the user or the password.
    ///   - now: The current time.
    ///   - random: A number in 0..<1.
    /// - Returns: The time of the next attempt.
    package mutating func failed(isCredential: Bool, now: Int64, random: Double) -> Int64 {
        if let connectedAt, now - connectedAt >= settings.stableAfter { failures = 0 }
        connectedAt = nil
        failures += 1
        let doubled = failures > 20 ? Int64.max : settings.shortestPause << (failures - 1)
        let longest = min(settings.longestPause, doubled)
        let pause = isCredential ? settings.credentialPause : longest
        // Half of it at least for a refused password: it is no hurry, and the server may count.
        let shortest = isCredential ? pause / 2 : 0
        return now + shortest + Int64(Double(pause - shortest) * random)
    }

    /// Whether to leave a server that says that it is not the one any more: a replica, or one with other users.
    package mutating func shouldReplace(now: Int64) -> Bool {
        if let lastReplacement, now - lastReplacement < settings.shortestReplacement { return false }
        lastReplacement = now
        return true
    }
}
