// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A call that found no value, and may wait for a load.
///
/// It cannot be copied nor loaded, because of the atomic, so that the closures around a wait refer to one and the same:
/// what they would copy of it, every waiting task would keep.
@usableFromInline
struct Passenger: ~Copyable, Sendable {
    /// The cache, nil before it was looked up.
    ///
    /// Without a reference count, which all callers would change: the function keeps it alive for the whole call, or the
    /// scope that the call is in, or it lives for good.
    @usableFromInline let cache: Unmanaged<CachePipeline>?

    /// With the cache's prefix; nil when the arguments give none.
    @usableFromInline let key: String?

    /// By which it is found when it leaves.
    let id: UInt64

    /// Whether the read is a miss that nobody has counted.
    private let countsMiss: Bool

    /// Set by the handler of a cancellation, which may run at any time.
    private let left = Atomic(false)

    /// A call whose cache was not looked up.
    @usableFromInline
    init() {
        cache = nil
        key = nil
        id = 0
        countsMiss = false
    }

    /// A call of a key in a cache.
    @usableFromInline
    init(_ cache: Unmanaged<CachePipeline>, key: String?, countsMiss: Bool = true) {
        self.cache = cache
        self.key = key
        id = cache._withUnsafeGuaranteedRef { $0.flights.nextPassengerID() }
        self.countsMiss = countsMiss
    }

    /// Whether there is a key, and the cache is in memory, which then has no fresh value.
    @inlinable
    var isInMemory: Bool {
        guard let cache, key != nil else { return false }
        return cache._withUnsafeGuaranteedRef { $0.memoryReference != nil }
    }

    /// The value of the key, from the load in flight or from a new one; nil when there can be none.
    ///
    /// A cancelled caller leaves at once; the load is cancelled when the last one has left.
    ///
    /// `takeOff` is asked for a load of the key if there is none to join; nil when the key must not have one.
    ///
    /// Not generic, and inlined for the sake of what the waiting task keeps: most callers of a cold key wait here, and
    /// for them metadata and task-local allocations would be most of the cost.
    @inlinable
    @inline(__always)
    nonisolated(nonsending)
        func wait(_ takeOff: (Unmanaged<CachePipeline>, String) -> Departure?) async throws -> StoredValue?
    {
        try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { board($0, takeOff) }
        } onCancel: {
            leave()
        }
    }

    /// Whether the caller was cancelled, and needs no value any more.
    var hasLeft: Bool { left.load(ordering: .relaxed) }

    /// Joins the flight of the key, or one that takes off now.
    @usableFromInline
    @inline(never)
    func board(_ waiter: SingleFlight.Waiter, _ takeOff: (Unmanaged<CachePipeline>, String) -> Departure?) {
        guard let cache, let key else { return waiter.resume(returning: nil) }
        cache._withUnsafeGuaranteedRef { pipeline in
            let flightKey = pipeline.flightKey(key)
            var boarding = pipeline.flights.follow(flightKey, self, waiter)
            if boarding != .missed {
                if countsMiss { pipeline.reportMiss(key) }
            } else {
                guard let departure = takeOff(cache, key) else { return waiter.resume(returning: nil) }
                if countsMiss { pipeline.reportMiss(key) }
                boarding = pipeline.flights.lead(flightKey, self, waiter, departure)
            }
            if boarding == .joined { pipeline.events.emit(.joined, key: key) }
        }
    }

    /// Ends the wait.
    @usableFromInline
    func leave() {
        left.store(true, ordering: .relaxed)
        guard let cache, let key else { return }
        cache._withUnsafeGuaranteedRef { $0.flights.leave(id, key: $0.flightKey(key)) }
    }
}
