// SPDX-License-Identifier: Apache-2.0

/// Loads that their caller performs.
extension CachePipeline {
    /// Returns the value of a key, or a promise to load it.
    nonisolated(nonsending) func claim<Value: Sendable>(
        _ key: String,
        _ options: EntryOptions<Value>,
        tags: [String]
    ) async throws -> CacheClaim<Value> {
        while true {
            if let value = nearValue(key, as: Value.self) {
                events.emit(.hit, key: key)
                return .found(value)
            }
            let call = MissedCall(.passUnretained(self), key: key)
            let load = ClaimedLoad()
            let caller = call.waiterID
            let request = FetchRequest(key: key, rules: options, tags: tags, claim: load) {
                try await load.value(for: caller)
            }
            let stored = try await call.wait(acceptedStaleness: options.acceptedStaleness) { _, _ in
                // The caller that renews a stale value is not answered with it.
                LoadRequest(tags: tags) { flight in
                    await self.run(request, .call, flight: flight)
                    load.end()
                }
            }
            guard let stored else {
                counters.bypasses.increment()
                if flights.isShutDown { events.emit(.bypassed(.shutDown), key: key) }
                return .mine(CachePromise(options, nil))
            }
            if stored === ClaimSignal.granted { return .mine(CachePromise(options, load)) }
            if stored === ClaimSignal.abandoned {
                willAskAgain()
                continue
            }
            if let value = stored.unboxed(as: Value.self) { return .found(value) }
            reportTypeMismatch(key, Value.self)
            return .mine(CachePromise(options, nil))
        }
    }

    /// Returns the value of a key, loaded by the caller and stored when there is none.
    nonisolated(nonsending) func getOrClaim<Value: Sendable>(
        _ key: String,
        _ options: EntryOptions<Value>,
        tags: [String],
        _ load: nonisolated(nonsending) () async throws -> Value
    ) async throws -> Value {
        switch try await claim(key, options, tags: tags) {
        case .found(let value): return value
        case .mine(let promise):
            do {
                let value = try await promise.perform(load)
                await promise.fulfill(value)
                return value
            } catch {
                guard let stale = await promise.fail(error) else { throw error }
                counters.misses.add(-1)
                reportStaleHits(1, key: key)
                return stale
            }
        }
    }

    /// Subtracts the miss of a call that waits again, so that a read counts once.
    func willAskAgain() { counters.misses.add(-1) }
}
