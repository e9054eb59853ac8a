// SPDX-License-Identifier: Apache-2.0

public import Synchronization

/// One named cache: the road from a key to a value.
///
/// Look up, judge freshness, one flight per key, load, store. The annotations and the manager are in front of it, a
/// backend is behind it. Reading and loading, explicit changes and background work are in files of their own.
@usableFromInline
final class CachePipeline: Sendable {
    let name: String

    /// What stands before every key of this cache, with its separator; empty when nothing does.
    @usableFromInline let keyPrefix: String

    /// The store of a memory backend, which is read without suspending.
    let memory: MemoryStore?

    /// The same without a reference count, which costs a tenth of a hit: `memory` keeps it alive as long as this
    /// pipeline lives.
    @usableFromInline let memoryReference: Unmanaged<MemoryStore>?
    @usableFromInline let events: EventHub
    let backend: any CacheBackend

    /// Whether the backend holds nothing but this cache, so that clearing it needs no pattern.
    let ownsBackend: Bool
    let defaults: CacheDefaults
    let clock: any CacheClock
    let flights: SingleFlight

    /// The same for all caches of a manager.
    @usableFromInline let managerID: ObjectIdentifier
    let stamps: Stamps
    let counters = StatisticsCounters()

    /// Tells this cache's flights from those of the manager's other caches.
    let number: Int

    init(_ specification: CacheSpecification, number: Int, parts: ManagerParts) {
        self.number = number
        name = specification.name
        keyPrefix = specification.keyPrefix
        backend = specification.backend ?? NoBackend()
        ownsBackend = specification.ownsBackend
        defaults = specification.defaults
        clock = parts.clock
        flights = parts.flights
        managerID = ObjectIdentifier(parts.flights)
        stamps = parts.stamps
        memory = (backend as? MemoryBackend)?.store
        memoryReference = memory.map(Unmanaged.passUnretained)
        let events = EventHub(cache: name) { [weak memory] in memory?.reports.setListing($0) }
        self.events = events
        memory?.reports.listen { [weak events] key, reason in events?.emit(.evicted(reason), key: key) }
    }

    /// The fresh value under a key, if it can be had without suspending and nobody listens to events: the hit path.
    @inlinable
    func hit<Value: Sendable>(_ key: String, as type: Value.Type) -> Value? {
        guard !events.isObserved.load(ordering: .relaxed) else { return nil }
        // Two calls, because the key would be retained to be one of two.
        return keyPrefix.isEmpty ? value(wholeKey: key, as: type) : value(wholeKey: keyPrefix + key, as: type)
    }

    /// The fresh value under a key, if the backend is memory.
    @inlinable
    @inline(__always)
    func value<Value: Sendable>(wholeKey key: String, as type: Value.Type) -> Value? {
        guard let memoryReference else { return nil }
        return memoryReference._withUnsafeGuaranteedRef { $0.value(forKey: key, as: type) }
    }

    /// The whole key: the cache's prefix and what the caller names.
    @inlinable
    func wholeKey(_ key: String) -> String {
        keyPrefix.isEmpty ? key : keyPrefix + key
    }

    /// What the cache did so far.
    var statistics: CacheStatistics { counters.snapshot(memory: memory) }

    func flightKey(_ key: String) -> FlightKey { FlightKey(cache: number, key: key) }

    /// Asks the backend for something, within its deadline; the memory store is never asked this way on a hit.
    nonisolated(nonsending)
        func ask<Output: Sendable>(
            _ operation: String,
            _ body: @escaping @Sendable (any CacheBackend) async throws -> Output
        ) async throws -> Output
    {
        let backend = backend
        if memory != nil { return try await body(backend) }
        return try await Deadline.run(operation, within: defaults.backendTimeout, clock: clock) {
            try await body(backend)
        }
    }

    /// Counts and reports that the backend failed at something.
    func reportFailure(_ operation: String, key: String?, _ error: any Error) {
        guard !(error is CancellationError) else { return }
        counters.backendFailures.increment()
        events.emit(.backendFailed(operation: operation, error), key: key)
    }
}
