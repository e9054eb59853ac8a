// SPDX-License-Identifier: Apache-2.0

/// What callers ask for explicitly. Reads fail open; changes that fail throw, because a failed invalidation that
/// nobody hears of serves stale values.
extension CachePipeline {
    /// The fresh value under a key; nil when there is none.
    ///
    /// A look that is no use of the cache is not counted.
    nonisolated(nonsending)
        func get<Value: Sendable>(_ key: String, codec: CacheCodec<Value>, isCounted: Bool = true) async throws
        -> Value?
    {
        try KeyRules.check(key)
        let found = await lookup(key, codec: codec, isCounted: isCounted)
        guard case .fresh(let value) = found else {
            // A stale value only ever stands in for a load, and here is none.
            if isCounted { reportMiss(key) }
            return nil
        }
        if isCounted { report(found, key: key) }
        return value
    }

    nonisolated(nonsending)
        func set<Value: Sendable>(
            _ key: String,
            _ value: Value,
            settings: FunctionSettings<Value>,
            tags: [String]
        ) async throws
    {
        try KeyRules.check(key)
        for tag in tags { try KeyRules.checkTag(tag) }
        let createdAt = stamps.next()
        await flights.supersede(flightKey(key))
        let decision = StoreDecision.lifetime(settings.ttl, policy: settings.policy, tags: tags, defaults: defaults)
        guard case .store(let ttl, let staleWindow, let tags) = decision else {
            _ = try await explicitly("delete", key) { try await remove(key) }
            return
        }
        let entry = makeEntry(
            ValueBox(value, codec: settings.codec),
            ttl: ttl,
            staleWindow: staleWindow,
            createdAt: createdAt,
            tags: tags
        )
        try await explicitly("set", key) { try await store(key, entry, ttl: ttl) }
    }

    nonisolated(nonsending)
        func delete(_ key: String) async throws -> Bool
    {
        try KeyRules.check(key)
        await flights.supersede(flightKey(key))
        let existed = try await explicitly("delete", key) { try await remove(key) }
        reportInvalidation(.key, key: key)
        return existed
    }

    /// Whether there is a value under a key that is not gone; a backend that cannot tell has none.
    nonisolated(nonsending)
        func has(_ key: String) async throws -> Bool
    {
        try KeyRules.check(key)
        if let memory {
            guard let entry = memory.entry(key) else { return false }
            return entry.freshUntil > memory.now
        }
        do {
            guard try await ask("has", { try await $0.has(key) }) else { return false }
        } catch {
            reportFailure("has", key: key, error)
            return false
        }
        // It may be stale, or one of its tags may have been invalidated: only the entry itself can tell.
        return try await ttl(of: key) != nil
    }

    /// How long the value under a key stays fresh; nil when there is none.
    nonisolated(nonsending)
        func ttl(of key: String) async throws -> TTL?
    {
        try KeyRules.check(key)
        if let memory {
            guard let entry = memory.entry(key), entry.freshUntil > memory.now else { return nil }
            return entry.freshUntil == .max ? .forever : .duration(.nanoseconds(entry.freshUntil - memory.now))
        }
        let entry: CacheEntry?
        do {
            entry = try await ask("get") { try await $0.get(key) }
        } catch {
            reportFailure("get", key: key, error)
            return nil
        }
        guard let entry, await isUntouchedByTags(entry) else { return nil }
        guard let freshUntil = entry.freshUntil else { return .forever }
        let remaining = freshUntil - clock.wallTimeMicroseconds
        return remaining > 0 ? .duration(.microseconds(remaining)) : nil
    }

    /// Removes all keys of this cache that match a pattern; the prefix is added to it.
    nonisolated(nonsending)
        func invalidate(_ pattern: KeyPattern) async throws -> Int
    {
        let whole = pattern.prefixed(by: keyPrefix)
        if whole.isLiteral { return try await delete(whole.text) ? 1 : 0 }
        let number = number
        await flights.supersede { $0.cache == number && whole.matches($0.key) }
        let count = try await explicitly("invalidate", whole.text) {
            try await ask("invalidate") { try await $0.invalidate(whole) }
        }
        reportInvalidation(.pattern(whole), key: nil)
        return count
    }

    nonisolated(nonsending)
        func clear() async throws
    {
        guard ownsBackend || keyPrefix.isEmpty else {
            // Other caches keep their entries in the same backend.
            _ = try await invalidate("*")
            return
        }
        let number = number
        await flights.supersede { $0.cache == number }
        try await explicitly("clear", nil) { try await ask("clear") { try await $0.clear() } }
        reportInvalidation(.everything, key: nil)
    }

    func reportInvalidation(_ what: CacheEvent.Invalidation, key: String?) {
        counters.invalidations.increment()
        events.emit(.invalidated(what), key: key)
    }

    /// Runs an explicit change and turns what goes wrong into an error that says what was asked for.
    nonisolated(nonsending)
        func explicitly<Output>(
            _ operation: String,
            _ key: String?,
            _ body: nonisolated(nonsending) () async throws -> Output
        ) async throws -> Output
    {
        do {
            return try await body()
        } catch let error as NotEncodable {
            events.emit(.notEncodable(error.underlying), key: key)
            throw CacheError.valueNotEncodable(key: key ?? "", underlying: error.underlying)
        } catch let error as CancellationError {
            throw error
        } catch {
            reportFailure(operation, key: key, error)
            if let error = error as? CacheError { throw error }
            throw CacheError.backendFailed(operation: operation, key: key, underlying: error)
        }
    }
}
