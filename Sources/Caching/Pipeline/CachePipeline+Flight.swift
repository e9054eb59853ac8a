// SPDX-License-Identifier: Apache-2.0

/// The run of a flight: read, load, decide, store, and resume its callers.
extension CachePipeline {
    /// The findings of the read before a load.
    private struct Found {
        /// The value that answers if the load fails.
        var fallback: StaleAnswer?
        /// Whether a stale value is stored.
        var isStale = false
        /// Whether the value of the load may be stored; false over an entry that only a newer version can read.
        var mayStore = true
        /// Whether the callers were answered with a stale value, which the load renews.
        var isRenewal = false
        /// The stamps that the value of the load belongs to, of a backend that has them.
        var stamps: EntryStamps?
    }

    /// Runs a flight to its end.
    nonisolated(nonsending) func run(_ request: FetchRequest, _ purpose: FlightPurpose, flight: FlightID) async {
        var found = Found()
        if purpose != .refresh {
            let rules = request.rules
            let atOnce = storage.readAtOnce(request.key, by: rules, isCounted: true)
            let (reading, stamps) =
                if let atOnce { (atOnce, EntryStamps?.none) } else {
                    await storage.readBeforeLoad(request.key, by: rules, tags: request.tags)
                }
            // The last caller left during the read.
            if atOnce == nil, Task.isCancelled { return flights.finish(flight, .failure(CancellationError())) }
            guard let judged = judge(reading, request, purpose, flight: flight) else { return }
            found = judged
            found.stamps = stamps
        } else {
            found.stamps = await storage.stamps(of: request.tags)
        }
        if storage.hasStamps, found.stamps == nil {
            // Without its stamps, an invalidation of the value could not be recognised.
            found.mayStore = false
        }
        // With a fallback, the end decides whether the reads are misses. A refresh is not a read.
        if purpose == .refresh {
            _ = flights.beginLoading(flight)
        } else if found.fallback == nil {
            reportMisses(flights.beginLoading(flight), key: request.key)
        } else if request.claim != nil {
            // The caller leaves the flight when it begins to load, so it is counted here.
            reportMisses(1, key: request.key)
        }
        let key = flightKey(request.key)
        // A load that launches a renewal does not wait for it, so the renewal is no part of that load.
        let parent = purpose == .renewal || found.isRenewal ? nil : LoadContext.scope
        let context = LoadContext(
            key: wholeKey(request.key),
            flights: flights,
            flight: flight,
            flightKey: key,
            parent: parent
        )
        // The time of the beginning, so that an invalidation during the load is newer than the value. Memory does not
        // compare it.
        let createdAt = storage.far == nil ? 0 : stamps.next()
        let timer = LoadTimer(clock)
        do {
            let box = try await LoadContext.$scope.withValue(context) { try await load(request) }
            let nanoseconds = timer.elapsed
            counters.countLoad(succeeded: true, nanoseconds: nanoseconds)
            notePause(key, failed: false, policy: request.rules.policy)
            if found.mayStore {
                let decision = StoreDecision.decide(
                    box,
                    rules: request.rules,
                    tags: request.tags,
                    load: context.decisions,
                    defaults: defaults
                )
                // A stale value must not answer after a newer load.
                let replaces = purpose != .call || found.isStale
                let origin = LoadOrigin(createdAt: createdAt, nanoseconds: nanoseconds, stamps: found.stamps)
                await fill(request.key, box, decision, flight, origin, replaces: replaces)
            }
            flights.finish(flight, .success(box)) { callers, joiners in
                if found.fallback != nil { reportMisses(callers, key: request.key) }
                events.emit(.loaded(time: .nanoseconds(nanoseconds), joiners: joiners), key: request.key)
            }
        } catch {
            await fail(request, error, after: timer.elapsed, found.fallback, isStale: found.isStale, flight: flight)
        }
    }

    /// Returns the findings of a read; nil when the stored value ended the flight.
    private func judge(
        _ reading: LookupResult,
        _ request: FetchRequest,
        _ purpose: FlightPurpose,
        flight: FlightID
    ) -> Found? {
        switch reading {
        case .fresh(let box):
            flights.finish(flight, .success(box)) { callers, _ in reportHits(callers, key: request.key) }
            return nil
        case .stale(let box, let since):
            let stale = StaleAnswer(value: box, since: since)
            let now = clock.now
            let age = since.duration(to: now)
            let key = flightKey(request.key)
            let policy = request.rules.policy
            var found = Found(isStale: true)
            if purpose == .call, age < policy.staleWhileRevalidate {
                let isRenewed = !pauses(key) { $0.pausesRenewal(key, now: now) }
                let isOver = flights.answer(flight, with: stale, isRenewed: isRenewed) { callers in
                    reportStaleHits(callers, key: request.key)
                }
                if let isOver {
                    if isOver { return nil }
                    found.isRenewal = isRenewed
                }
            }
            guard age < policy.staleIfError, purpose == .call else { return found }
            if pauses(key, { $0.pausesLoad(key, now: now) }), !flights.isSuperseded(flight) {
                flights.finish(flight, .success(box)) { callers, _ in reportStaleHits(callers, key: request.key) }
                return nil
            }
            found.fallback = stale
            return found
        case .absent:
            return Found()
        case .unreadable(let error, let isForeign):
            events.emit(.unreadable(error), key: request.key)
            return Found(mayStore: !isForeign)
        }
    }

    /// Calls the function, within the time that its policy allows.
    private nonisolated(nonsending) func load(_ request: FetchRequest) async throws -> StoredValue {
        guard let limit = request.rules.policy.loadTimeout else { return try await request.load() }
        let key = wholeKey(request.key)
        return try await BoundedOperation<StoredValue>(timer: timer) { _ in }.run(
            until: clock.now.advanced(by: limit),
            orThrow: { .loadTimedOut(key: key, after: limit) },
            isShielded: false
        ) {
            try await request.load()
        }
    }

    /// Ends a flight whose load failed, with a stale value if there is one and the flight is not superseded.
    private nonisolated(nonsending) func fail(
        _ request: FetchRequest,
        _ error: any Error,
        after nanoseconds: Int64,
        _ fallback: StaleAnswer?,
        isStale: Bool,
        flight: FlightID
    ) async {
        let claim = error as? AbandonedClaim
        // One of the callers that wait for a claim takes it over.
        let failure: Result<StoredValue, any Error> =
            claim == nil ? .failure(error) : .success(ClaimSignal.abandoned)
        let error = claim?.cause ?? error
        if error is AbandonedClaim || (error is CancellationError && (claim != nil || Task.isCancelled)) {
            counters.cancelledLoads.increment()
            events.emit(.loadCancelled, key: request.key)
            flights.finish(flight, failure) { callers, _ in
                if claim != nil, fallback != nil { reportMisses(callers, key: request.key) }
            }
            return
        }
        counters.countLoad(succeeded: false, nanoseconds: nanoseconds)
        events.emit(.loadFailed(error, time: .nanoseconds(nanoseconds)), key: request.key)
        if isStale { notePause(flightKey(request.key), failed: true, policy: request.rules.policy) }
        guard let fallback else {
            flights.finish(flight, failure)
            return
        }
        if !flights.isSuperseded(flight) {
            request.claim?.noteFallback(fallback.value)
            flights.finish(flight, .success(fallback.value)) { callers, _ in
                reportStaleHits(callers, key: request.key)
            }
        } else if case .fresh(let box) = await storage.read(
            request.key,
            by: request.rules,
            isCounted: false
        ) {
            // A newer value superseded the flight, not an invalidation.
            flights.finish(flight, .success(box)) { callers, _ in reportHits(callers, key: request.key) }
        } else {
            flights.finish(flight, failure) { callers, _ in reportMisses(callers, key: request.key) }
        }
    }

    /// Performs a decision about a loaded value, unless its key was changed during the load.
    private nonisolated(nonsending) func fill(
        _ key: String,
        _ value: StoredValue,
        _ decision: StoreDecision,
        _ flight: FlightID,
        _ origin: LoadOrigin,
        replaces: Bool
    ) async {
        switch decision {
        case .skip:
            counters.skipped.increment()
            events.emit(.skipped, key: key)
            if replaces { await removeLoaded(key, flight) }
        case .remove:
            await removeLoaded(key, flight)
        case .store(let lifetime, let tags):
            for tag in tags {
                guard let reason = KeyRules.problem(with: tag) else { continue }
                counters.bypasses.increment()
                return events.emit(.bypassed(.invalidTag(tag: tag, reason: reason)), key: key)
            }
            guard let earlier = flights.beginStoring(flight) else {
                counters.discarded.increment()
                return events.emit(.discarded, key: key)
            }
            if !earlier.isEmpty { await flights.waitForStores(earlier) }
            do {
                let isStored = try await storage.store(
                    key,
                    value,
                    lifetime,
                    createdAt: origin.createdAt,
                    loadNanoseconds: origin.nanoseconds,
                    tags: tags,
                    stamps: origin.stamps,
                    isShielded: false
                )
                guard isStored else {
                    counters.discarded.increment()
                    return events.emit(.discarded, key: key)
                }
                events.emit(.stored(ttl: lifetime.whole), key: key)
            } catch {
                reportFill(error, key: key)
            }
        }
    }

    private nonisolated(nonsending) func removeLoaded(_ key: String, _ flight: FlightID) async {
        guard let earlier = flights.beginStoring(flight) else { return }
        await flights.waitForStores(earlier)
        do {
            _ = try await storage.remove(key, isShielded: false)
        } catch {
            storage.far?.reportFailure("delete", key: key, error)
        }
    }
}

/// The begin and the duration of a load, and the stamps that its value belongs to.
private struct LoadOrigin {
    let createdAt: Int64
    let nanoseconds: Int64
    let stamps: EntryStamps?
}

/// Measures the duration of a load in nanoseconds, with the precise clock of the system or with the clock of a test.
private struct LoadTimer {
    private let clock: any CacheClock
    private let start: Int64
    private let isPrecise: Bool

    init(_ clock: any CacheClock) {
        self.clock = clock
        isPrecise = clock is SystemCacheClock
        start = isPrecise ? SystemCacheClock.preciseNanoseconds : clock.now.nanoseconds
    }

    var elapsed: Int64 {
        (isPrecise ? SystemCacheClock.preciseNanoseconds : clock.now.nanoseconds).subtractingSaturated(start)
    }
}
