// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A call that found no value at once, and may wait for a load.
///
/// It cannot be copied nor loaded, because of the atomics in it, so that the closures around a wait refer to one and the
/// same: what they would copy of it, every waiting task would keep.
@usableFromInline
struct MissedCall: ~Copyable, Sendable {
    /// The cache, nil before it was looked up.
    ///
    /// Without a reference count, which all callers would change: the function keeps it alive for the whole call, or the
    /// scope that the call is in, or it lives for good.
    @usableFromInline let cache: Unmanaged<CachePipeline>?

    /// Without the cache's prefix; nil when the arguments give none.
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

    /// A call of a key in a cache.
    @usableFromInline
    init(_ cache: Unmanaged<CachePipeline>, key: String?) {
        self.cache = cache
        self.key = key
        waiter = FlightWaiter()
    }

    /// Returns the value of the key, from the load in flight or from a new one; nil when there can be none.
    ///
    /// A cancelled caller leaves at once; the load is cancelled when the last one has left.
    ///
    /// `makeLoad` is asked for a load of the key if there is none to join; nil when the key must not have one.
    ///
    /// Not generic, and inlined for the sake of what the waiting task keeps: most callers of a cold key wait here, and
    /// for them metadata and task-local allocations would be most of the cost.
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

    /// Begins a load whatever is stored, or joins one that has not begun yet.
    nonisolated(nonsending) func refresh(_ request: LoadRequest) async throws -> StoredValue? {
        try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { join($0, 0, isRefresh: true) { _, _ in request } }
        } onCancel: {
            leave()
        }
    }

    /// Joins the flight of the key, or one that begins now.
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
