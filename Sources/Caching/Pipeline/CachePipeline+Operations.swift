// SPDX-License-Identifier: Apache-2.0

/// The explicit operations.
///
/// Reads that fail are misses. Changes that fail throw, because an unnoticed failure would serve stale values.
extension CachePipeline {
    /// Returns the fresh value under a key; nil when there is none.
    ///
    /// A peek is not counted.
    ///
    /// - Throws: ``CacheError/invalidKey(key:reason:)``, or `CancellationError` when the caller is cancelled while it waits.
    nonisolated(nonsending) func get<Value: Sendable>(_ key: String, codec: CacheCodec<Value>, isCounted: Bool = true)
        async throws
        -> Value?
    {
        try check(key)
        guard !flights.isShutDown else { return nil }
        let reading = await storage.read(
            key,
            by: EntryOptions(.default, CachePolicy(), nil, codec),
            isCounted: isCounted
        )
        if storage.far != nil { try Task.checkCancellation() }
        switch reading {
        case .fresh(let box):
            if isCounted { reportHits(1, key: key) }
            return box.known(as: Value.self)
        case .unreadable(let error, _):
            events.emit(.unreadable(error), key: key)
        case .stale, .absent:
            // A stale value answers only in place of a load.
            break
        }
        if isCounted { reportMisses(1, key: key) }
        return nil
    }

    /// Returns the fresh value under a key, with the standard codec; nil when there is none.
    @inlinable
    nonisolated(nonsending) func value<Value: Codable & Sendable>(
        for key: String,
        as type: Value.Type
    ) async throws -> Value? {
        if let value = hit(key, as: type) { return value }
        return try await find(key, as: type)
    }

    @usableFromInline
    nonisolated(nonsending) func find<Value: Codable & Sendable>(
        _ key: String,
        as type: Value.Type
    ) async throws -> Value? {
        try await get(key, codec: CacheCodec<Value>.standard)
    }

    nonisolated(nonsending) func set<Value: Sendable>(
        _ key: String,
        _ value: Value,
        options: EntryOptions<Value>,
        tags: [String]
    ) async throws {
        try check(key)
        for tag in tags { try KeyRules.validateTag(tag) }
        let createdAt = stamps.next()
        let box = options.box(value)
        let decision = StoreDecision.decideExplicit(box, rules: options, tags: tags, defaults: defaults)
        guard case .store(let lifetime, let tags) = decision else {
            _ = try await change(.key(flightKey(key)), "delete", key: key) {
                try await storage.remove(key, isShielded: true)
            }
            return
        }
        _ = try await change(.key(flightKey(key)), "set", key: key) {
            try await storage.store(
                key,
                box,
                lifetime,
                createdAt: createdAt,
                loadNanoseconds: 0,
                tags: tags,
                isShielded: true
            )
        }
        if !storage.isNone { events.emit(.stored(ttl: lifetime.whole), key: key) }
    }

    nonisolated(nonsending) func delete(_ key: String) async throws -> Bool {
        try check(key)
        let existed = try await change(.key(flightKey(key)), "delete", key: key) {
            try await storage.remove(key, isShielded: true)
        }
        reportInvalidation(.key, key: key)
        return existed
    }

    /// Returns whether there is a fresh value under a key; false also when the backend fails.
    nonisolated(nonsending) func has(_ key: String) async throws -> Bool {
        try check(key)
        guard !flights.isShutDown else { return false }
        let isThere = await storage.contains(key)
        if storage.far != nil { try Task.checkCancellation() }
        return isThere
    }

    /// Returns the time that the value under a key stays fresh; nil when there is none.
    nonisolated(nonsending) func ttl(of key: String) async throws -> TTL? {
        try check(key)
        guard !flights.isShutDown else { return nil }
        let remaining = await storage.remainingLifetime(key)
        if storage.far != nil { try Task.checkCancellation() }
        return remaining
    }

    /// Removes all keys of this cache that match a pattern.
    ///
    /// - Returns: The number of entries that were removed.
    nonisolated(nonsending) func invalidate(_ pattern: KeyPattern) async throws -> Int {
        if pattern.isLiteral { return try await delete(pattern.text) ? 1 : 0 }
        let whole = pattern.prefixed(by: keyPrefix)
        let count = try await change(.pattern(pattern, cache: number), "invalidate", subject: whole.text) {
            try await storage.removeAll(matching: pattern)
        }
        reportInvalidation(.pattern(whole), key: nil)
        return count
    }

    /// Removes all entries of this cache with a tag.
    nonisolated(nonsending) func invalidate(tag: String) async throws {
        try KeyRules.validateTag(tag)
        let stamp = stamps.next()
        try await change(.tag(tag, cache: number), "invalidate the tag", subject: tag) {
            try await storage.removeAll(tagged: tag, stamp: stamp)
        }
        reportInvalidation(.tag(tag), key: nil)
    }

    /// Removes all entries of this cache.
    nonisolated(nonsending) func clear() async throws {
        try await change(.everything(cache: number), "clear") { try await storage.clear() }
        reportInvalidation(.everything, key: nil)
    }

    /// Makes an explicit change, supersedes the loads in flight, and adds the operation to errors of the backend.
    ///
    /// The cancellation of the caller does not stop it, because the caller may have changed the source already, and the
    /// stale entry would stay.
    private nonisolated(nonsending) func change<Output>(
        _ target: ChangeTarget,
        _ operation: String,
        key: String? = nil,
        subject: String? = nil,
        _ body: nonisolated(nonsending) () async throws -> Output
    ) async throws -> Output {
        guard !flights.isShutDown else { throw CacheError.shutDown }
        do {
            return try await flights.changing(target, body)
        } catch let error as NotEncodable {
            events.emit(.notEncodable(error.underlying), key: key)
            throw CacheError.valueNotEncodable(key: key.map(wholeKey) ?? "", underlying: error.underlying)
        } catch {
            storage.far?.reportFailure(operation, key: key, error)
            if let error = error as? CacheError { throw error }
            let subject = subject ?? key.map(wholeKey)
            throw CacheError.backendFailed(operation: operation, key: subject, underlying: error)
        }
    }
}
