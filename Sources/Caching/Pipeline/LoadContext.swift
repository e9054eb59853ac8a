// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The context of a running load, in which it decides the lifetime and the tags of its result, or not to store it.
///
/// ```swift
/// let token = cached(ttl: 60, key: { "tokens:\($0)" }) { (user: Int) in
///     let token = try await issueToken(for: user)
///     LoadContext.current?.ttl = .seconds(token.secondsLeft)
///     return token
/// }
/// ```
public final class LoadContext: Sendable {
    /// The load that runs in this task, with the loads around it as its parents; hidden while a function is called without
    /// the cache.
    @TaskLocal static var scope: LoadContext?

    /// The context of the load that runs in this task; nil when the function was called without the cache.
    public static var current: LoadContext? { scope.flatMap { $0.isHidden ? nil : $0 } }

    /// The decisions of one load.
    struct Decisions: Sendable {
        var ttl: TTL?
        var tags: [String] = []
        var isSkipped = false
    }

    /// The key that is being loaded, with the cache's prefix.
    public let key: String

    let flights: SingleFlight
    let flight: FlightID
    let flightKey: FlightKey

    /// The load that waits for this one, if there is one.
    let parent: LoadContext?

    /// The number of loads around this one.
    let depth: Int
    private let isHidden: Bool
    private let state = Mutex(Decisions())

    init(key: String, flights: SingleFlight, flight: FlightID, flightKey: FlightKey, parent: LoadContext?) {
        self.key = key
        self.flights = flights
        self.flight = flight
        self.flightKey = flightKey
        self.parent = parent
        depth = (parent?.depth ?? -1) + 1
        isHidden = false
    }

    private init(hiding context: LoadContext) {
        key = context.key
        flights = context.flights
        flight = context.flight
        flightKey = context.flightKey
        parent = context.parent
        depth = context.depth
        isHidden = true
    }

    /// The lifetime of the result in place of the function's; nil for the function's.
    ///
    /// Zero or less stores nothing and removes the entry.
    public var ttl: TTL? {
        get { state.withLock(\.ttl) }
        set { state.withLock { $0.ttl = newValue } }
    }

    /// Adds tags to those of the function.
    ///
    /// After an invalidation of one of them, the result is not stored and later callers do not wait for it. Add tags as
    /// soon as they are known, because an earlier invalidation does not affect callers that wait already.
    ///
    /// - Parameter tags: The tags.
    public func addTags(_ tags: String...) {
        state.withLock { $0.tags += tags }
        flights.addTags(tags, to: flight)
    }

    /// Keeps the result from being stored; the callers still get it.
    public func skip() {
        state.withLock { $0.isSkipped = true }
    }

    var decisions: Decisions { state.withLock { $0 } }

    /// Returns this load as the parent of a call for another key.
    ///
    /// - Throws: ``CacheError/recursiveLoad(key:chain:)`` when this load or a load around it loads that key, because it
    ///   would wait for itself.
    func parent(asking key: FlightKey, of flights: SingleFlight) throws -> ParentLoad {
        var chain: [String] = []
        var ancestor: LoadContext? = self
        while let load = ancestor {
            chain.append(load.flightKey.key)
            if load.flights === flights, load.flightKey == key {
                throw CacheError.recursiveLoad(key: key.key, chain: chain.reversed())
            }
            ancestor = load.parent
        }
        return ParentLoad(flight: flight, key: flightKey.key)
    }

    /// Calls a closure that is neither escaping nor `Sendable`, without the cache.
    static nonisolated(nonsending) func withoutCache<Value>(
        _ body: nonisolated(nonsending) () async throws -> Value
    ) async throws -> Value {
        guard let scope else { return try await body() }
        return try await $scope.withValue(LoadContext(hiding: scope)) { try await body() }
    }

    /// Calls a function without the cache, so that its decisions do not reach the load around it.
    static nonisolated(nonsending) func hidden<Value: Sendable>(
        _ load: nonisolated(nonsending) @Sendable () async throws -> Value
    ) async throws -> Value {
        guard let scope else { return try await load() }
        return try await $scope.withValue(LoadContext(hiding: scope)) { try await load() }
    }
}
