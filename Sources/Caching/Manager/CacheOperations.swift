// SPDX-License-Identifier: Apache-2.0

/// The operations on a cache, which ``cache``, a ``CacheManager`` and a ``NamedCache`` have.
///
/// Keys have 1 to 1,024 bytes of printable UTF-8, without the configured prefix. Reads that fail are misses; changes that
/// fail throw.
///
/// Types outside this package cannot conform to it.
public protocol CacheOperations: Sendable {
    /// The cache that the operations use.
    @_spi(Caching) var target: NamedCache { get throws }
}

extension CacheOperations {
    /// Returns the value under a key; nil when there is none.
    ///
    /// To tell a cached nil from a miss, read an optional type: `get("k", as: User?.self)` returns a `User??`.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - type: The type of the value; an entry of another type is a miss.
    /// - Returns: The value.
    /// - Throws: ``CacheError/invalidKey(key:reason:)``.
    public nonisolated(nonsending) func get<Value: Codable & Sendable>(
        _ key: String,
        as type: Value.Type = Value.self
    ) async throws -> Value? {
        try await target.pipeline.value(for: key, as: type)
    }

    /// Stores a value under a key.
    ///
    /// A load of the key that is in flight does not replace it.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - value: The value.
    ///   - ttl: The lifetime of the value; zero or less removes the entry.
    ///   - tags: The tags of the value, to invalidate it by.
    /// - Throws: ``CacheError`` when the key is invalid, the value cannot be encoded, or the backend fails.
    public nonisolated(nonsending) func set<Value: Codable & Sendable>(
        _ key: String,
        _ value: Value,
        ttl: TTL = .default,
        tags: [String] = []
    ) async throws {
        let pipeline = try target.pipeline
        let options = EntryOptions(ttl, CachePolicy(), nil, CacheCodec<Value>.standard)
        try await pipeline.set(key, value, options: options, tags: tags)
    }

    /// Returns the value under a key, loaded and stored when there is none; concurrent callers share one load.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - ttl: The lifetime of a loaded value.
    ///   - tags: The tags of the value, to invalidate it by.
    ///   - policy: The rules for the value beyond its lifetime.
    ///   - load: Returns the value; runs in a task of its own.
    /// - Returns: The value.
    /// - Throws: The error of `load`; ``CacheError/invalidKey(key:reason:)``; `CancellationError`.
    public nonisolated(nonsending) func getOrSet<Value: Codable & Sendable>(
        _ key: String,
        ttl: TTL = .default,
        tags: [String] = [],
        policy: CachePolicy = CachePolicy(),
        load: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let pipeline = try target.pipeline
        try pipeline.check(key, tags: tags)
        let options = EntryOptions(ttl, policy, nil, CacheCodec<Value>.standard)
        let request = FetchRequest(key: key, rules: options, tags: tags) { options.box(try await load()) }
        return try await pipeline.fetch(request)
    }

    /// Returns the value under a key, or a promise to load it, which one caller at a time has.
    ///
    /// The caller performs the load, so that it can use closures that are neither escaping nor `Sendable`:
    ///
    /// ```swift
    /// switch try await cache.claim("rates", as: Rates.self, ttl: 60) {
    /// case .found(let rates):
    ///     use(rates)
    /// case .mine(let promise):
    ///     let rates = try await bank.rates()      // if it throws, the next caller gets the promise
    ///     await promise.fulfill(rates)
    ///     use(rates)
    /// }
    /// ```
    ///
    /// ``getOrClaim(_:ttl:tags:policy:load:)`` is the short form.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - type: The type of the value.
    ///   - ttl: The lifetime of a loaded value.
    ///   - tags: The tags of a loaded value, to invalidate it by.
    ///   - policy: The rules for a loaded value beyond its lifetime; its `loadTimeout` ends the wait of other callers
    ///     and not the load itself.
    /// - Returns: The value, or a promise to load it.
    /// - Throws: ``CacheError/invalidKey(key:reason:)``; the error of a load that the call waited for;
    ///   `CancellationError`.
    public nonisolated(nonsending) func claim<Value: Codable & Sendable>(
        _ key: String,
        as type: Value.Type = Value.self,
        ttl: TTL = .default,
        tags: [String] = [],
        policy: CachePolicy = CachePolicy()
    ) async throws -> CacheClaim<Value> {
        let pipeline = try target.pipeline
        try pipeline.check(key, tags: tags)
        return try await pipeline.claim(key, EntryOptions(ttl, policy, nil, .standard), tags: tags)
    }

    /// Returns the value under a key, loaded by the caller and stored when there is none.
    ///
    /// One caller loads and the others wait, as with ``getOrSet(_:ttl:tags:policy:load:)``. The closure runs in the task
    /// and on the actor of its caller, and is neither escaping nor `Sendable`. When it throws, its error is thrown here
    /// only, and the next caller that waits calls its own closure.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - ttl: The lifetime of a loaded value.
    ///   - tags: The tags of a loaded value, to invalidate it by.
    ///   - policy: The rules for a loaded value beyond its lifetime; its `loadTimeout` ends the wait of other callers
    ///     and not the load itself.
    ///   - load: Returns the value.
    /// - Returns: The value.
    /// - Throws: The error of `load`; ``CacheError/invalidKey(key:reason:)``; `CancellationError`.
    public nonisolated(nonsending) func getOrClaim<Value: Codable & Sendable>(
        _ key: String,
        ttl: TTL = .default,
        tags: [String] = [],
        policy: CachePolicy = CachePolicy(),
        load: nonisolated(nonsending) () async throws -> Value
    ) async throws -> Value {
        let pipeline = try target.pipeline
        try pipeline.check(key, tags: tags)
        return try await pipeline.getOrClaim(key, EntryOptions(ttl, policy, nil, .standard), tags: tags, load)
    }

    /// Returns whether there is a value under a key.
    ///
    /// - Parameter key: The key.
    /// - Returns: Whether there is a value; false also when the backend fails.
    /// - Throws: ``CacheError/invalidKey(key:reason:)``.
    public nonisolated(nonsending) func has(_ key: String) async throws -> Bool {
        let pipeline = try target.pipeline
        return try await pipeline.has(key)
    }

    /// Returns the remaining lifetime of the value under a key; nil when there is none.
    ///
    /// - Parameter key: The key.
    /// - Returns: The remaining lifetime, or ``TTL/forever``.
    /// - Throws: ``CacheError/invalidKey(key:reason:)``.
    public nonisolated(nonsending) func ttl(of key: String) async throws -> TTL? {
        let pipeline = try target.pipeline
        return try await pipeline.ttl(of: key)
    }

    /// Removes the value under a key.
    ///
    /// A load of the key that is in flight is not stored.
    ///
    /// - Parameter key: The key.
    /// - Returns: Whether an entry was removed.
    /// - Throws: ``CacheError`` when the key is invalid or the backend fails.
    @discardableResult
    public nonisolated(nonsending) func delete(_ key: String) async throws -> Bool {
        let pipeline = try target.pipeline
        return try await pipeline.delete(key)
    }

    /// Removes every value whose key matches a pattern, for instance `users:*`.
    ///
    /// - Parameter pattern: The pattern of the keys: `*` matches any run of characters, everything else is literal.
    /// - Returns: The number of values that were removed.
    /// - Throws: ``CacheError`` when the backend fails.
    /// - Complexity: O(entries that share the pattern's namespaces) in memory, O(1) without a star.
    @discardableResult
    public nonisolated(nonsending) func invalidate(_ pattern: KeyPattern) async throws -> Int {
        try await target.pipeline.invalidate(pattern)
    }

    /// Removes every value that carries a tag.
    ///
    /// - Parameter tag: The tag.
    /// - Throws: ``CacheError`` when the tag is invalid or the backend fails.
    /// - Complexity: O(entries with the tag) in memory.
    public nonisolated(nonsending) func invalidate(tag: String) async throws {
        try await target.pipeline.invalidate(tag: tag)
    }

    /// Removes every value of this cache; other caches on its backend stay as they are.
    ///
    /// - Throws: ``CacheError`` when the backend fails.
    public nonisolated(nonsending) func clear() async throws {
        try await target.pipeline.clear()
    }
}
