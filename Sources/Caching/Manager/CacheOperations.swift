// SPDX-License-Identifier: Apache-2.0

/// The operations on a cache as a whole: by ``cache``, by a ``CacheManager``, and by a ``NamedCache``.
///
/// Keys are 1 to 1,024 bytes of printable UTF-8; the configured prefix is put before them. Reads that fail are misses;
/// changes that fail throw.
public protocol CacheOperations: Sendable {
    /// The cache that operations without a name go to.
    ///
    /// - Returns: The cache.
    /// - Throws: ``CacheError/notConfigured``.
    func resolved() throws -> NamedCache
}

extension CacheOperations {
    /// Returns the value under a key; nil when there is none.
    ///
    /// A cached nil is told from a miss by asking for an optional: `get("k", as: User?.self)` returns a `User??`.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - type: The type of the value; an entry of another type is a miss.
    /// - Returns: The value.
    /// - Throws: ``CacheError/invalidKey(key:reason:)``.
    @inlinable
    public nonisolated(nonsending) func get<Value: Codable & Sendable>(
        _ key: String,
        as type: Value.Type = Value.self
    ) async throws -> Value? {
        let pipeline = try resolved().pipeline
        if let value = pipeline.hit(key, as: type) { return value }
        return try await pipeline.find(key, as: type)
    }

    /// Stores a value under a key.
    ///
    /// A load of the key that is in flight will not replace it.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - value: The value.
    ///   - ttl: How long it lives; zero or less removes what is there.
    ///   - tags: Tags to invalidate it by.
    /// - Throws: ``CacheError`` when the key is invalid, the value cannot be encoded, or the backend fails.
    public nonisolated(nonsending) func set<Value: Codable & Sendable>(
        _ key: String,
        _ value: Value,
        ttl: TTL = .default,
        tags: [String] = []
    ) async throws {
        let pipeline = try resolved().pipeline
        let settings = FunctionSettings(ttl: ttl, codec: CacheCodec<Value>.standard)
        try await pipeline.set(key, value, settings: settings, tags: tags)
    }

    /// Returns the value under a key, loaded and stored when there is none: one load however many ask at once.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - ttl: How long a loaded value lives.
    ///   - tags: Tags to invalidate it by.
    ///   - policy: How it is kept, beyond the TTL.
    ///   - load: Where the value comes from.
    /// - Returns: The value.
    /// - Throws: What `load` throws; ``CacheError/invalidKey(key:reason:)``; `CancellationError`.
    public nonisolated(nonsending) func getOrSet<Value: Codable & Sendable>(
        _ key: String,
        ttl: TTL = .default,
        tags: [String] = [],
        policy: CachePolicy = CachePolicy(),
        load: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let pipeline = try resolved().pipeline
        try pipeline.check(key)
        for tag in tags { try KeyRules.validateTag(tag) }
        let settings = FunctionSettings(ttl: ttl, policy: policy, codec: CacheCodec<Value>.standard)
        let request = FetchRequest(key: key, rules: settings, tags: tags) { settings.box(try await load()) }
        return try await pipeline.fetch(request)
    }

    /// Returns whether there is a value under a key.
    ///
    /// - Parameter key: The key.
    /// - Returns: Whether it is there; false as well when the backend cannot tell.
    /// - Throws: ``CacheError/invalidKey(key:reason:)``.
    public nonisolated(nonsending) func has(_ key: String) async throws -> Bool {
        let pipeline = try resolved().pipeline
        return try await pipeline.has(key)
    }

    /// Returns the remaining lifetime of the value under a key; nil when there is none.
    ///
    /// - Parameter key: The key.
    /// - Returns: The remaining lifetime, or ``TTL/forever``.
    /// - Throws: ``CacheError/invalidKey(key:reason:)``.
    public nonisolated(nonsending) func ttl(of key: String) async throws -> TTL? {
        let pipeline = try resolved().pipeline
        return try await pipeline.ttl(of: key)
    }

    /// Removes the value under a key.
    ///
    /// A load of the key that is in flight will not store.
    ///
    /// - Parameter key: The key.
    /// - Returns: Whether there was one.
    /// - Throws: ``CacheError`` when the key is invalid or the backend fails.
    @discardableResult
    public nonisolated(nonsending) func delete(_ key: String) async throws -> Bool {
        let pipeline = try resolved().pipeline
        return try await pipeline.delete(key)
    }

    /// Removes every value whose key matches a pattern, for instance `users:*`.
    ///
    /// - Parameter pattern: Which keys: `*` is any run of characters, everything else is literal.
    /// - Returns: How many values were removed.
    /// - Throws: ``CacheError`` when the backend fails.
    /// - Complexity: O(entries that share the pattern's namespaces) in memory, O(1) without a star.
    @discardableResult
    public nonisolated(nonsending) func invalidate(_ pattern: KeyPattern) async throws -> Int {
        try await resolved().pipeline.invalidate(pattern)
    }

    /// Removes every value that carries a tag.
    ///
    /// - Parameter tag: The tag.
    /// - Throws: ``CacheError`` when the tag is invalid or the backend fails.
    /// - Complexity: O(entries with the tag) in memory.
    public nonisolated(nonsending) func invalidate(tag: String) async throws {
        try await resolved().pipeline.invalidate(tag: tag)
    }

    /// Removes every value of this cache, and of no other that shares its backend.
    ///
    /// - Throws: ``CacheError`` when the backend fails.
    public nonisolated(nonsending) func clear() async throws {
        try await resolved().pipeline.clear()
    }
}
