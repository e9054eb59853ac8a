// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A call that found no value in the near store, and may wait for a load.
///
/// It is not copyable, so that the closures around a wait share it; each waiting task would hold the copies.
@usableFromInline
struct MissedCall: ~Copyable, Sendable {
    /// The cache; nil before it is looked up.
    ///
    /// It is unretained, because all callers would change one reference count. The function, the scope of the call or the
    /// process keeps it alive during the call.
    @usableFromInline let cache: Unmanaged<CachePipeline>?

    /// The key, without the cache's prefix; nil when the arguments cannot be encoded.
    @usableFromInline let key: String?

    private let waiter: FlightWaiter

    /// The number of the call among the callers of a flight.
    var waiterID: WaiterID { waiter.id }

    /// A call whose cache was not looked up.
    @usableFromInline
    init() {
        cache = nil
        key = nil
        waiter = FlightWaiter(unused: ())
    }

    /// A call for a key in a cache.
    @usableFromInline
    init(_ cache: Unmanaged<CachePipeline>, key: String?) {
        self.cache = cache
        self.key = key
        waiter = FlightWaiter()
    }

    /// Returns the value of the key, from the load in flight or from a new one; nil when there can be none.
    ///
    /// A cancelled caller leaves at once; the load is cancelled when the last one has left. `makeLoad` returns a load of the
    /// key when none is in flight; nil when the key is invalid.
    ///
    /// It is inlined and not generic, because most callers of a cold key wait here, and metadata and task allocations would
    /// be most of their cost.
    @inlinable
    @inline(__always)
    nonisolated(nonsending) func wait(
        acceptedStaleness: Int64,
        _ makeLoad: (Unmanaged<CachePipeline>, String) -> LoadRequest?
    ) async throws -> StoredValue? {
        try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { join($0, acceptedStaleness, makeLoad) }
        } onCancel: {
            leave()
        }
    }

    /// Begins a load even if a value is stored, or joins a refresh that has not begun yet.
    nonisolated(nonsending) func refresh(_ request: LoadRequest) async throws -> StoredValue? {
        try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { join($0, 0, isRefresh: true) { _, _ in request } }
        } onCancel: {
            leave()
        }
    }

    /// Joins the flight of the key, or begins one.
    @usableFromInline
    @inline(never)
    func join(
        _ continuation: SingleFlight.Continuation,
        _ acceptedStaleness: Int64,
        isRefresh: Bool = false,
        _ makeLoad: (Unmanaged<CachePipeline>, String) -> LoadRequest?
    ) {
        guard let cache, let key else { return continuation.resume(returning: nil) }
        cache._withUnsafeGuaranteedRef { pipeline in
            guard pipeline.sharesLoads else { return continuation.resume(returning: nil) }
            let flights = pipeline.flights
            let flightKey = pipeline.flightKey(key)
            let scope = LoadContext.scope
            let now = pipeline.now
            do {
                let parent = try scope?.parent(asking: flightKey, of: flights)
                var outcome = SingleFlight.JoinOutcome.missed
                if !isRefresh {
                    outcome = flights.follow(
                        flightKey,
                        waiter,
                        continuation,
                        parent: parent,
                        acceptedStaleness: acceptedStaleness,
                        now: now
                    )
                }
                if case .missed = outcome {
                    guard let request = makeLoad(cache, key) else { return continuation.resume(returning: nil) }
                    outcome = flights.lead(
                        flightKey,
                        waiter,
                        continuation,
                        parent: parent,
                        depth: (scope?.depth ?? 0) + 1,
                        request,
                        now: now
                    )
                }
                pipeline.report(outcome, key: key, isRefresh: isRefresh, continuation)
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }

    /// Ends the wait.
    @usableFromInline
    func leave() {
        guard let cache else { return }
        cache._withUnsafeGuaranteedRef { $0.flights.leave(waiter) }
    }
}
