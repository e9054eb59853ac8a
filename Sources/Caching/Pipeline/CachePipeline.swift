// SPDX-License-Identifier: Apache-2.0

public import Synchronization

/// One named cache: the road from a key to a value.
///
/// Look up, judge freshness, one flight per key, load, store. The annotations and the manager are in front of it, the
/// storage is behind it. Keys come without the cache's prefix.
@usableFromInline
final class CachePipeline: Sendable {
    let name: String

    /// The beginning of every key of this cache where it is shown, with its separator; empty when there is none.
    let keyPrefix: String

    /// The reason why the prefix cannot be in keys; nil when it can.
    private let prefixObjection: String?

    let storage: CacheStorage

    /// The beginning of the keys of the near store.
    @usableFromInline let nearPrefix: String

    /// The near store without a reference count, which costs a tenth of a hit: `storage` keeps it alive as long as this
    /// pipeline lives.
    @usableFromInline let nearReference: Unmanaged<MemoryStore>?
    @usableFromInline let events: EventHub
    let defaults: CacheDefaults
    let clock: any CacheClock
    private let usesSystemClock: Bool
    let flights: SingleFlight
    let timer: DeadlineTimer

    /// The identity of the manager: one for all its caches.
    @usableFromInline let managerID: ObjectIdentifier
    let stamps: TimestampGenerator
    let counters: StatisticsCounters

    /// Loads that failed while stale values could answer.
    let pauses = Mutex(LoadPauses())
    let hasPauses = Atomic<Bool>(false)

    /// The hits of the quick road; all others are in ``counters``.
    @usableFromInline let hits = HitCounter()

    /// The subscription to evictions from the near store; nil without one.
    private let evictions: EvictionSubscription?

    /// Tells this cache's flights from those of the manager's other caches.
    let number: Int

    init(_ specification: Specification, number: Int, shared: Shared) {
        self.number = number
        name = specification.name
        keyPrefix = specification.keyPrefix
        prefixObjection = specification.objection
        defaults = specification.defaults
        clock = shared.clock
        usesSystemClock = shared.clock is SystemCacheClock
        flights = shared.flights
        timer = shared.timer
        managerID = ObjectIdentifier(shared.flights)
        stamps = shared.stamps
        let near = (specification.backend as? MemoryBackend)?.store
        let relay = EvictionRelay()
        let events = EventHub(cache: name, keyPrefix: keyPrefix) { relay.setListing($0) }
        self.events = events
        let counters = StatisticsCounters()
        self.counters = counters
        nearPrefix = specification.ownsStore ? "" : keyPrefix
        nearReference = near.map(Unmanaged.passUnretained)
        let far = near == nil ? specification.backend : nil
        storage = CacheStorage(
            near: near,
            nearPrefix: nearPrefix,
            far: far.map {
                FarBackend(
                    $0,
                    timeout: specification.defaults.backendTimeout,
                    clock: shared.clock,
                    timer: shared.timer,
                    counters: counters,
                    events: events
                )
            },
            farPrefix: keyPrefix,
            isExclusive: specification.isExclusive,
            clock: shared.clock
        )
        let prefixBytes = nearPrefix.utf8.count
        evictions = near?.notifier.subscribe(prefix: nearPrefix) { [weak events] key, reason in
            events?.emit(.evicted(reason), key: String(key.utf8.dropFirst(prefixBytes)) ?? key)
        }
        relay.subscription = evictions
        storage.far?.abilities.invalidations?.reportInvalidations { [weak self] in self?.apply($0) }
        storage.far?.abilities.connection?.reportConnection { [weak storage] in storage?.connectionChanged($0) }
    }

    /// Returns the fresh value under a key, if it can be had without suspending and nobody listens to events: the hit
    /// path.
    @inlinable
    func hit<Value: Sendable>(_ key: String, as type: Value.Type) -> Value? {
        guard !events.isObserved.load(ordering: .relaxed) else { return nil }
        return nearValue(key, as: type)
    }

    /// Returns the fresh value under a key, if the near store has it.
    @inlinable
    @inline(__always)
    func nearValue<Value: Sendable>(_ key: String, as type: Value.Type) -> Value? {
        guard let nearReference else { return nil }
        // Two calls, because the key would be retained to be one of two.
        return nearPrefix.isEmpty
            ? nearReference._withUnsafeGuaranteedRef { $0.value(forKey: key, as: type, countingIn: hits) }
            : nearReference._withUnsafeGuaranteedRef {
                $0.value(forKey: nearPrefix + key, as: type, countingIn: hits)
            }
    }

    /// The key with the cache's prefix.
    func wholeKey(_ key: String) -> String { keyPrefix.isEmpty ? key : keyPrefix + key }

    /// Returns the reason why a key cannot be used; nil when it can.
    func objection(to key: String) -> String? {
        prefixObjection ?? KeyRules.problem(with: key, prefixBytes: keyPrefix.utf8.count)
    }

    /// Throws ``CacheError/invalidKey(key:reason:)`` or ``CacheError/invalidTag(tag:reason:)`` when a key or a tag cannot
    /// be used.
    func check(_ key: String, tags: [String] = []) throws {
        if let reason = objection(to: key) { throw CacheError.invalidKey(key: wholeKey(key), reason: reason) }
        for tag in tags { try KeyRules.validateTag(tag) }
    }

    /// The current time on the cache's clock.
    var now: CacheInstant {
        usesSystemClock ? CacheInstant(nanoseconds: SystemCacheClock.coarseNanoseconds()) : clock.now
    }

    func flightKey(_ key: String) -> FlightKey { FlightKey(cache: number, key: key) }

    /// Whether loads are shared: not after the shutdown, nor in a cache that is switched off.
    var sharesLoads: Bool { !flights.isShutDown && !storage.isNone }

    /// The counts of what the cache has done.
    var statistics: CacheStatistics {
        counters.snapshot(nearHits: hits.count, evictions: evictions?.counts ?? (0, 0))
    }

    /// A key or a tag without the cache's prefix; nil when it is another cache's.
    private func withoutPrefix(_ text: String) -> String? {
        guard text.utf8.starts(with: keyPrefix.utf8) else { return nil }
        return String(text.utf8.dropFirst(keyPrefix.utf8.count))
    }

    /// Does what a change by others asks for.
    private func apply(_ change: ForeignInvalidation) {
        switch change {
        case .key(let key):
            guard let key = withoutPrefix(key) else { return }
            flights.supersede(.key(flightKey(key)))
        case .pattern(let pattern):
            // Of whole keys, so that it may reach into this cache in more ways than one: it is not taken apart.
            flights.supersede(.everything(cache: number))
            events.emit(.invalidated(.pattern(pattern)))
        case .tag(let tag):
            // As it is stored: with the prefix where the backend finds the entries of a tag by itself.
            guard let tag = storage.far?.scopesTags == true ? withoutPrefix(tag) : tag else { return }
            flights.supersede(.tag(tag, cache: number))
        case .everything:
            flights.supersede(.everything(cache: number))
        }
    }
}

extension CachePipeline {
    /// The parts of one of the caches of a manager.
    struct Specification {
        let name: String
        /// Nil switches the cache off.
        let backend: (any CacheBackend)?
        let keyPrefix: String
        let defaults: CacheDefaults
        /// The reason why the name, the prefix or the version cannot be in keys; nil when they can.
        var objection: String?
        /// Whether nobody else can reach the memory that this cache is kept in, so that its keys need no prefix.
        var ownsStore = false
        /// Whether the backend holds nothing but this cache, so that clearing it needs no pattern.
        var isExclusive = false
    }

    /// The parts that the caches of a manager have in common.
    struct Shared: Sendable {
        let clock: any CacheClock
        let flights: SingleFlight
        let stamps: TimestampGenerator
        let timer: DeadlineTimer

        init(clock: any CacheClock) {
            self.clock = clock
            flights = SingleFlight(clock: clock)
            stamps = TimestampGenerator(clock: clock)
            timer = DeadlineTimer(clock: clock)
        }
    }
}

/// The defaults of a cache, for what neither the call nor the function says.
struct CacheDefaults: Sendable {
    var ttl: TTL = .seconds(300)
    var jitter: Double = 0
    /// Draws the random numbers of jitter, in 0..<1.
    var random: @Sendable () -> Double = { .random(in: 0..<1) }
    /// The time that the pipeline waits for a backend outside the process.
    var backendTimeout: Duration = .milliseconds(500)
}
