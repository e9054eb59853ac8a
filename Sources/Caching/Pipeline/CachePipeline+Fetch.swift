// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Calls that missed the near store.
extension CachePipeline {
    /// Returns the value of a request: from the cache, from a load in flight, or from a new load.
    nonisolated(nonsending) func fetch<Value: Sendable>(_ request: FetchRequest, as type: Value.Type = Value.self)
        async throws -> Value
    {
        if let value = nearValue(request.key, as: Value.self) {
            events.emit(.hit, key: request.key)
            return value
        }
        if request.rules.policy.staleWindow != .zero, let stale = nearStaleAnswer(request) {
            return stale.known(as: type)
        }
        return try await unpack(try await wait(for: request), request)
    }

    /// Waits for the load of a request, in flight or new; nil when there can be none.
    private nonisolated(nonsending) func wait(for request: FetchRequest) async throws -> StoredValue? {
        let call = MissedCall(.passUnretained(self), key: request.key)
        return try await call.wait(acceptedStaleness: request.rules.acceptedStaleness) { _, _ in
            loadRequest(request, .call)
        }
    }

    /// Loads a value even if one is cached, and stores it.
    ///
    /// Of any number of concurrent calls, one load runs and one waits.
    nonisolated(nonsending) func reload<Value: Sendable>(_ request: FetchRequest) async throws -> Value {
        guard let refresh = loadRequest(request, .refresh) else { return try await unpack(nil, request) }
        let call = MissedCall(.passUnretained(self), key: request.key)
        return try await unpack(try await call.refresh(refresh), request)
    }

    /// Returns the value that a wait ended with, or calls the function if it ended without one.
    nonisolated(nonsending) func unpack<Value: Sendable>(
        _ stored: StoredValue?,
        _ request: FetchRequest
    ) async throws -> Value {
        if let value = stored?.unboxed(as: Value.self) { return value }
        return try await load(after: WaitEnd(stored), request)
    }

    /// Returns the value of a call whose wait ended without one.
    nonisolated(nonsending) func load<Value: Sendable>(
        after end: WaitEnd,
        _ request: FetchRequest
    ) async throws -> Value {
        var end = end
        while end == .abandoned {
            willAskAgain()
            let stored = try await wait(for: request)
            if let value = stored?.unboxed(as: Value.self) { return value }
            end = WaitEnd(stored)
        }
        return try await loadAlone(request, hasTypeMismatch: end == .otherType)
    }

    /// Returns the load of a request; nil when its key is invalid.
    @usableFromInline
    func loadRequest(_ request: FetchRequest, _ purpose: FlightPurpose = .call) -> LoadRequest? {
        guard objection(to: request.key) == nil else { return nil }
        return LoadRequest(
            tags: request.tags,
            isRefresh: purpose == .refresh,
            acceptedStaleness: request.rules.acceptedStaleness
        ) { flight in
            await self.run(request, purpose, flight: flight)
        }
    }

    /// Returns the stale value in the near store that the policy allows as the answer; renews it in the background.
    func nearStaleAnswer(_ request: FetchRequest) -> StoredValue? {
        let reading = storage.readAtOnce(request.key, by: request.rules, isCounted: false)
        guard case .stale(let box, let since)? = reading, sharesLoads else { return nil }
        let now = clock.now
        let age = since.duration(to: now)
        let policy = request.rules.policy
        let key = flightKey(request.key)
        if age < policy.staleWhileRevalidate {
            if !pauses(key, { $0.pausesRenewal(key, now: now) }) {
                let stale = StaleAnswer(value: box, since: since)
                flights.launch(key, tags: request.tags, stale: stale) { flight in
                    await self.run(request, .renewal, flight: flight)
                }
            }
        } else {
            guard age < policy.staleIfError, pauses(key, { $0.pausesLoad(key, now: now) }) else { return nil }
        }
        reportStaleHits(1, key: request.key)
        return box
    }

    /// Calls the function without the cache, and reports the reason.
    nonisolated(nonsending) func bypass<Value: Sendable>(
        _ reason: CacheError,
        key: String?,
        _ load: nonisolated(nonsending) @Sendable () async throws -> Value
    ) async throws -> Value {
        counters.bypasses.increment()
        events.emit(.bypassed(reason), key: key)
        return try await LoadContext.hidden(load)
    }

    /// Calls the function of a request that cannot use the cache.
    nonisolated(nonsending) func loadAlone<Value: Sendable>(_ request: FetchRequest, hasTypeMismatch: Bool) async throws
        -> Value
    {
        if hasTypeMismatch {
            reportTypeMismatch(request.key, Value.self)
            return try await LoadContext.hidden(request.load).known(as: Value.self)
        }
        if let reason = objection(to: request.key) {
            let error = CacheError.invalidKey(key: wholeKey(request.key), reason: reason)
            return try await bypass(error, key: request.key, request.load).known(as: Value.self)
        }
        if flights.isShutDown {
            return try await bypass(.shutDown, key: request.key, request.load).known(as: Value.self)
        }
        // The cache is switched off.
        counters.bypasses.increment()
        return try await LoadContext.hidden(request.load).known(as: Value.self)
    }

    /// Returns the answer of the pauses; takes no lock while there are none.
    func pauses(_ key: FlightKey, _ question: (LoadPauses) -> Bool) -> Bool {
        hasPauses.load(ordering: .relaxed) && pauses.withLock { question($0) }
    }

    /// Records the result of a load that had a stale value as its alternative.
    func notePause(_ key: FlightKey, failed: Bool, policy: CachePolicy) {
        guard failed || hasPauses.load(ordering: .relaxed) else { return }
        let now = clock.now
        pauses.withLock { pauses in
            if failed {
                pauses.noteFailure(key, longest: policy.pauseAfterFailure, now: now)
            } else {
                pauses.noteSuccess(key)
            }
            hasPauses.store(!pauses.isEmpty, ordering: .relaxed)
        }
    }
}

/// The end of a wait that brought no value of the type of the call.
///
/// It has no reference, so that the frame of a waiting call need not keep one.
@usableFromInline
enum WaitEnd: Sendable {
    /// There is no load: loads are not shared, or the key is invalid.
    case none
    /// The load was of another type.
    case otherType
    /// The claim of the key was abandoned, so the call waits again.
    case abandoned

    @usableFromInline
    init(_ stored: StoredValue?) {
        self = stored == nil ? .none : stored === ClaimSignal.abandoned ? .abandoned : .otherType
    }
}
