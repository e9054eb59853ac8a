// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// What a running load can decide about its own result: how long it lives, its tags, or that it is not kept.
///
/// ```swift
/// let token = cached(ttl: 60, key: { "tokens:\($0)" }) { (user: Int) in
///     let token = try await issueToken(for: user)
///     LoadContext.current?.ttl = .seconds(token.secondsLeft)
///     return token
/// }
/// ```
public final class LoadContext: Sendable {
    /// The context of the load that runs in this task; nil when the function was called without the cache.
    @TaskLocal public static var current: LoadContext?

    /// The decisions of one load.
    struct Decisions: Sendable {
        var ttl: TTL?
        var tags: [String] = []
        var isSkipped = false
    }

    /// The key that is being loaded, with the cache's prefix.
    public let key: String

    let flights: SingleFlight
    let flight: UInt64
    private let state = Mutex(Decisions())

    init(key: String, flights: SingleFlight, flight: UInt64) {
        self.key = key
        self.flights = flights
        self.flight = flight
    }

    /// How long the result lives, instead of what the function says; nil leaves it to the function.
    ///
    /// Zero or less stores nothing and removes what was there.
    public var ttl: TTL? {
        get { state.withLock(\.ttl) }
        set { state.withLock { $0.ttl = newValue } }
    }

    /// Adds tags to those of the function.
    ///
    /// - Parameter tags: The tags.
    public func addTags(_ tags: String...) {
        state.withLock { $0.tags += tags }
    }

    /// Returns the result to the callers and does not keep it.
    public func skip() {
        state.withLock { $0.isSkipped = true }
    }

    var decisions: Decisions { state.withLock { $0 } }
}
