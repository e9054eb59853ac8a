// SPDX-License-Identifier: Apache-2.0

extension CachePipeline {
    /// The value of a request: from the cache, from a load in flight, or from a new load.
    nonisolated(nonsending)
        func fetch<Value: Sendable>(_ request: FetchRequest<Value>) async throws -> Value
    {
        if let reason = KeyRules.objection(to: request.key) {
            return try await bypass(.invalidKey(key: request.key, reason: reason), key: request.key, request.load)
        }
        // Noted first: a flight that ends between looking and joining has stored what we did not see.
        let ticket = memory == nil ? flights.completions : nil
        let found = await lookup(request.key, codec: request.settings.codec, isCounted: true)
        switch found {
        case .fresh(let value):
            report(found, key: request.key)
            return value
        case .stale(let value, let age) where age < request.settings.policy.staleWhileRevalidate:
            report(found, key: request.key)
            launch(request)
            return value
        case .stale(let value, let age) where age < request.settings.policy.staleIfError:
            return try await refresh(request, ticket: ticket, insteadOf: value, age: age)
        case .stale, .absent:
            return try await join(request, ticket: ticket, countsMiss: true)
        }
    }

    /// Loads now, whatever is cached, and stores the result.
    ///
    /// A load in flight may be older than the call and is left to those who wait for it.
    nonisolated(nonsending)
        func reload<Value: Sendable>(_ request: FetchRequest<Value>) async throws -> Value
    {
        if let reason = KeyRules.objection(to: request.key) {
            return try await bypass(.invalidKey(key: request.key, reason: reason), key: request.key, request.load)
        }
        await flights.supersede(flightKey(request.key))
        return try await join(request, ticket: nil, looksAgain: false)
    }

    /// Calls the function as if there were no cache, and says so.
    nonisolated(nonsending)
        func bypass<Value: Sendable>(
            _ reason: CacheError,
            key: String?,
            _ load: @Sendable () async throws -> Value
        ) async throws -> Value
    {
        events.emit(.bypassed(reason), key: key)
        return try await load()
    }

    /// Renews a stale value; the stale one answers if that fails.
    ///
    /// The read is counted when its end is known.
    nonisolated(nonsending)
        private func refresh<Value: Sendable>(
            _ request: FetchRequest<Value>,
            ticket: UInt64?,
            insteadOf stale: Value,
            age: Duration
        ) async throws -> Value
    {
        do {
            let value = try await join(request, ticket: ticket)
            reportMiss(request.key)
            return value
        } catch let error where !(error is CancellationError) && !(error is CacheError) {
            // An invalidation during the load must not be answered with what it removed.
            guard case .stale = await lookup(request.key, codec: request.settings.codec, isCounted: false) else {
                reportMiss(request.key)
                throw error
            }
            report(.stale(stale, age: age), key: request.key)
            return stale
        } catch {
            reportMiss(request.key)
            throw error
        }
    }

    /// Renews a value in the background, once.
    private func launch<Value: Sendable>(_ request: FetchRequest<Value>) {
        flights.launch(flightKey(request.key), tags: request.tags) { flight, _ in
            // It must not find the stale value fresh enough, so looking again is right: it is stale or was renewed.
            await self.fly(request, flight: flight, mustLookAgain: true)
        }
    }

    /// One flight: load, decide, store, and hand the value to everybody who waits.
    func fly<Value: Sendable>(_ request: FetchRequest<Value>, flight: UInt64, mustLookAgain: Bool) async {
        let codec = request.settings.codec
        if mustLookAgain, case .fresh(let value) = await lookup(request.key, codec: codec, isCounted: false) {
            flights.finish(flight, .success(ValueBox(value, codec: codec)))
            return
        }
        let context = LoadContext(key: request.key, flights: flights, flight: flight)
        // The stamp of the beginning: what is invalidated while it loads is newer than the value.
        let createdAt = stamps.next()
        let timer = LoadTimer(clock)
        do {
            let value = try await LoadContext.$current.withValue(context) { try await request.load() }
            let time = timer.elapsed
            counters.countLoad(succeeded: true, time: time)
            let box = ValueBox(value, codec: codec)
            let decision = StoreDecision.decide(
                value,
                settings: request.settings,
                tags: request.tags,
                load: context.decisions,
                defaults: defaults
            )
            await fill(request.key, box, decision, flight: flight, createdAt: createdAt)
            let joiners = flights.finish(flight, .success(box))
            events.emit(.loaded(time: time, joiners: joiners), key: request.key)
        } catch {
            if error is CancellationError, Task.isCancelled {
                counters.cancelledLoads.increment()
                events.emit(.loadCancelled, key: request.key)
            } else {
                let time = timer.elapsed
                counters.countLoad(succeeded: false, time: time)
                events.emit(.loadFailed(error, time: time), key: request.key)
            }
            flights.finish(flight, .failure(error))
        }
    }

    /// Does what was decided about a loaded value, unless its key was set or invalidated meanwhile.
    private func fill(
        _ key: String,
        _ value: StoredValue,
        _ decision: StoreDecision,
        flight: UInt64,
        createdAt: Int64
    ) async {
        switch decision {
        case .skip:
            events.emit(.skipped, key: key)
        case .remove:
            guard flights.beginStoring(flight, tags: []) else { return }
            do { _ = try await remove(key) } catch { reportFailure("delete", key: key, error) }
        case .store(let ttl, let staleWindow, let tags):
            for tag in tags {
                guard let reason = KeyRules.objection(to: tag) else { continue }
                return events.emit(.bypassed(.invalidTag(tag: tag, reason: reason)), key: key)
            }
            guard flights.beginStoring(flight, tags: tags) else { return events.emit(.discarded, key: key) }
            let entry = makeEntry(value, ttl: ttl, staleWindow: staleWindow, createdAt: createdAt, tags: tags)
            do {
                try await store(key, entry, ttl: ttl)
            } catch let error as NotEncodable {
                events.emit(.notEncodable(error.underlying), key: key)
            } catch let error as CacheError where error.isAboutTheEntry {
                events.emit(.bypassed(error), key: key)
            } catch {
                reportFailure("set", key: key, error)
            }
        }
    }
}

/// Measures how long a load takes: precisely on the machine's clock, by the given clock in tests.
private struct LoadTimer {
    private let clock: any CacheClock
    private let cacheStart: CacheInstant
    private let precise: ContinuousClock.Instant?

    init(_ clock: any CacheClock) {
        self.clock = clock
        cacheStart = clock.now
        precise = clock is SystemCacheClock ? ContinuousClock.now : nil
    }

    var elapsed: Duration {
        if let precise { return ContinuousClock.now - precise }
        return cacheStart.duration(to: clock.now)
    }
}
