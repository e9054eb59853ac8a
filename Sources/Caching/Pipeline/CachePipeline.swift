// SPDX-License-Identifier: Apache-2.0

public import Synchronization

/// One named cache: the path from a key to a value.
///
/// It reads, judges freshness, runs one flight per key, loads and stores. The annotations and the manager call it; it
/// calls the storage. Keys are passed without the cache's prefix.
@usableFromInline
final class CachePipeline: Sendable {
    let name: String

    /// The prefix of the cache's keys with its separator, empty when there is none.
    let keyPrefix: String

    /// The reason why the prefix is invalid; nil when it is valid.
    private let prefixObjection: String?

    let storage: CacheStorage

    /// The prefix of keys in the near store.
    @usableFromInline let nearPrefix: String

    /// The near store, unretained, because a reference count costs a tenth of a hit; `storage` keeps it alive.
    @usableFromInline let nearReference: Unmanaged<MemoryStore>?
    @usableFromInline let events: EventHub
    let defaults: CacheDefaults
    let clock: any CacheClock
    private let usesSystemClock: Bool
    let flights: SingleFlight
    let timer: DeadlineTimer

    /// The identity of the manager, equal for all its caches.
    @usableFromInline let managerID: ObjectIdentifier
    let stamps: TimestampGenerator
    let counters: StatisticsCounters

    /// The pauses of keys whose loads failed while a stale value could answer.
    let pauses = Mutex(LoadPauses())
    let hasPauses = Atomic<Bool>(false)

    /// The hits in the near store; all other hits are in ``counters``.
    @usableFromInline let hits = HitCounter()

    /// The subscription to evictions from the near store; nil without a near store.
    private let evictions: EvictionSubscription?

    /// The number of the cache in its manager, which is part of the keys of flights.
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
                    timeout: specification.defaults.timeout,
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
        storage.far?.capabilities.invalidations?.reportInvalidations { [weak self] in self?.apply($0) }
        storage.far?.capabilities.connection?.reportConnection { [weak storage] in storage?.connectionChanged($0) }
    }

    /// Returns the fresh value under a key in the near store, unless a listener wants hits: the hit path.
    @inlinable
    func hit<Value: Sendable>(_ key: String, as type: Value.Type) -> Value? {
        guard !events.areHitsObserved.load(ordering: .relaxed) else { return nil }
        return nearValue(key, as: type)
    }

    /// Returns the fresh value under a key in the near store.
    @inlinable
    @inline(__always)
    func nearValue<Value: Sendable>(_ key: String, as type: Value.Type) -> Value? {
        guard let nearReference else { return nil }
        // Two calls, because one call with either key would retain the key.
        return nearPrefix.isEmpty
            ? nearReference._withUnsafeGuaranteedRef { $0.value(forKey: key, as: type, countingIn: hits) }
            : nearReference._withUnsafeGuaranteedRef {
                $0.value(forKey: nearPrefix + key, as: type, countingIn: hits)
            }
    }

    /// Returns a key with the cache's prefix.
    func wholeKey(_ key: String) -> String { keyPrefix.isEmpty ? key : keyPrefix + key }

    /// Returns the reason why a key is invalid; nil when it is valid.
    func objection(to key: String) -> String? {
        prefixObjection ?? KeyRules.problem(with: key, prefixBytes: keyPrefix.utf8.count)
    }

    /// Throws ``CacheError/invalidKey(key:reason:)`` or ``CacheError/invalidTag(tag:reason:)`` for an invalid key or tag.
    func check(_ key: String, tags: [String] = []) throws {
        if let reason = objection(to: key) { throw CacheError.invalidKey(key: wholeKey(key), reason: reason) }
        for tag in tags { try KeyRules.validateTag(tag) }
    }

    /// The current time on the cache's clock.
    var now: CacheInstant {
        usesSystemClock ? CacheInstant(nanoseconds: SystemCacheClock.coarseNanoseconds()) : clock.now
    }

    func flightKey(_ key: String) -> FlightKey { FlightKey(cache: number, key: key) }

    /// Whether loads are shared; false after the shutdown and in a cache that is switched off.
    var sharesLoads: Bool { !flights.isShutDown && !storage.isNone }

    /// The statistics of the cache.
    var statistics: CacheStatistics {
        counters.snapshot(nearHits: hits.count, evictions: evictions?.counts ?? (0, 0))
    }

    /// Returns a key or a tag without the cache's prefix; nil when it belongs to another cache.
    private func withoutPrefix(_ text: String) -> String? {
        guard text.utf8.starts(with: keyPrefix.utf8) else { return nil }
        return String(text.utf8.dropFirst(keyPrefix.utf8.count))
    }

    /// Supersedes the flights that an invalidation from outside the process names.
    private func apply(_ change: ForeignInvalidation) {
        switch change {
        case .key(let key):
            guard let key = withoutPrefix(key) else { return }
            flights.supersede(.key(flightKey(key)))
        case .pattern(let pattern):
            // A pattern of whole keys can match keys of this cache in several ways, so all its flights are superseded.
            flights.supersede(.everything(cache: number))
            events.emit(.invalidated(.pattern(pattern)))
        case .tag(let tag):
            // A backend that finds the entries of a tag stores tags with the prefix.
            guard let tag = storage.far?.scopesTags == true ? withoutPrefix(tag) : tag else { return }
            flights.supersede(.tag(tag, cache: number))
        case .everything:
            flights.supersede(.everything(cache: number))
        }
    }
}

extension CachePipeline {
    /// The parts of one cache of a manager.
    struct Specification {
        let name: String
        /// The backend; nil switches the cache off.
        let backend: (any CacheBackend)?
        let keyPrefix: String
        let defaults: CacheDefaults
        /// The reason why the name, the prefix or the version is invalid; nil when they are valid.
        var objection: String?
        /// Whether only this cache uses the memory, so that its keys need no prefix.
        var ownsStore = false
        /// Whether the backend holds only this cache, so that clearing it needs no pattern.
        var isExclusive = false
    }

    /// The parts that the caches of a manager share.
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

/// The settings of a cache that apply unless a call or a function has its own.
struct CacheDefaults: Sendable {
    var ttl: TTL = .seconds(300)
    var jitter: Double = 0
    /// Draws the random numbers of jitter, in 0..<1.
    var random: @Sendable () -> Double = { .random(in: 0..<1) }
    /// The deadline of an operation on a backend outside the process.
    var timeout: Duration = .milliseconds(500)
}
