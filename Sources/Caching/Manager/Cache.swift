// SPDX-License-Identifier: Apache-2.0

/// A typed namespace: values of one type under `prefix:version:namespace:identifier`.
///
/// ```swift
/// let users = Cache<User>(namespace: "users", ttl: .minutes(10), jitter: 0.1, version: "v1")
/// let user = try await users.getOrSet("42") { try await database.user(42) }
/// ```
///
/// Parts are escaped, so that two pairs of namespace and identifier never have one key. Entries of another `version` are
/// not found.
public struct Cache<Value: Sendable>: Sendable {
    @usableFromInline let reference: CacheReference
    private let options: EntryOptions<Value>
    @usableFromInline let keyPrefix: String
    /// The error of using an invalid namespace; nil when it is valid.
    @usableFromInline let objection: CacheError?

    /// Creates a namespace with a codec for its values.
    ///
    /// - Parameters:
    ///   - namespace: The name of the namespace. Without a visible character, each operation throws.
    ///   - ttl: The lifetime of values when a call names none.
    ///   - jitter: The share of a lifetime that is drawn at random, 0...1; nil takes the cache's setting.
    ///   - prefix: The first part of the key, after the prefix of the cache.
    ///   - version: The version of the stored values; entries of another version are not found.
    ///   - cache: The name of the cache; nil for the default one.
    ///   - manager: The manager; nil for the current one at each call.
    ///   - codec: The codec that turns values into bytes, or `.memoryOnly`.
    public init(
        namespace: String,
        ttl: TTL = .default,
        jitter: Double? = nil,
        prefix: String? = nil,
        version: String? = nil,
        cache: String? = nil,
        manager: CacheManager? = nil,
        codec: CacheCodec<Value>
    ) {
        reference = CacheReference(manager, cache)
        options = EntryOptions(ttl, CachePolicy(jitter: jitter), nil, codec)
        keyPrefix = KeyEscaping.prefix([prefix, version, namespace])
        objection = KeyRules.problem(with: namespace).map { reason in
            CacheError.invalidKey(key: namespace, reason: "it is to be a namespace, and \(reason)")
        }
    }

    /// Creates a namespace.
    ///
    /// - Parameters:
    ///   - namespace: The name of the namespace. Without a visible character, each operation throws.
    ///   - ttl: The lifetime of values when a call names none.
    ///   - jitter: The share of a lifetime that is drawn at random, 0...1; nil takes the cache's setting.
    ///   - prefix: The first part of the key, after the prefix of the cache.
    ///   - version: The version of the stored values; entries of another version are not found.
    ///   - cache: The name of the cache; nil for the default one.
    ///   - manager: The manager; nil for the current one at each call.
    public init(
        namespace: String,
        ttl: TTL = .default,
        jitter: Double? = nil,
        prefix: String? = nil,
        version: String? = nil,
        cache: String? = nil,
        manager: CacheManager? = nil
    ) where Value: Codable {
        self.init(
            namespace: namespace,
            ttl: ttl,
            jitter: jitter,
            prefix: prefix,
            version: version,
            cache: cache,
            manager: manager,
            codec: .standard
        )
    }

    /// Returns the key of an identifier, without the prefix of the cache.
    ///
    /// - Parameter identifier: The identifier; `:`, `*` and `%` in it are escaped.
    /// - Returns: The key.
    @inlinable
    public func key(for identifier: String) -> String { keyPrefix + KeyEscaping.escape(identifier) }

    /// Returns the value of an identifier; nil when there is none.
    ///
    /// - Parameter identifier: The identifier.
    /// - Returns: The value.
    /// - Throws: ``CacheError`` when the identifier is invalid.
    @inlinable
    public nonisolated(nonsending) func get(_ identifier: String) async throws -> Value? {
        if objection == nil, let pipeline = reference.unretained,
            let value = pipeline._withUnsafeGuaranteedRef({ $0.hit(key(for: identifier), as: Value.self) })
        {
            return value
        }
        return try await find(identifier)
    }

    /// Returns the value of an identifier in any cache.
    @usableFromInline
    nonisolated(nonsending) func find(_ identifier: String) async throws -> Value? {
        let (pipeline, key) = try locate(identifier)
        return try await pipeline.get(key, codec: options.codec)
    }

    /// Stores the value of an identifier.
    ///
    /// - Parameters:
    ///   - identifier: The identifier.
    ///   - value: The value.
    ///   - ttl: The lifetime of the value; zero or less removes the entry.
    ///   - tags: The tags of the value, to invalidate it by.
    /// - Throws: ``CacheError`` when the identifier is invalid, the value cannot be encoded, or the backend fails.
    public nonisolated(nonsending) func set(
        _ identifier: String,
        _ value: Value,
        ttl: TTL = .default,
        tags: [String] = []
    ) async throws {
        let (pipeline, key) = try locate(identifier)
        try await pipeline.set(key, value, options: options.with(ttl), tags: tags)
    }

    /// Returns the value of an identifier, loaded and stored when there is none; concurrent callers share one load.
    ///
    /// - Parameters:
    ///   - identifier: The identifier.
    ///   - ttl: The lifetime of a loaded value.
    ///   - tags: The tags of the value, to invalidate it by.
    ///   - load: Returns the value; runs in a task of its own.
    /// - Returns: The value.
    /// - Throws: The error of `load`; ``CacheError`` when the identifier is invalid; `CancellationError`.
    public nonisolated(nonsending) func getOrSet(
        _ identifier: String,
        ttl: TTL = .default,
        tags: [String] = [],
        load: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let (pipeline, key) = try locate(identifier, tags: tags)
        let options = options.with(ttl)
        let request = FetchRequest(key: key, rules: options, tags: tags) { options.box(try await load()) }
        return try await pipeline.fetch(request)
    }

    /// Returns the value of an identifier, or a promise to load it, which one caller at a time has.
    ///
    /// ``CacheOperations/claim(_:as:ttl:tags:policy:)`` has an example.
    ///
    /// - Parameters:
    ///   - identifier: The identifier.
    ///   - ttl: The lifetime of a loaded value.
    ///   - tags: The tags of a loaded value, to invalidate it by.
    /// - Returns: The value, or a promise to load it.
    /// - Throws: ``CacheError`` when the identifier is invalid; the error of a load that the call waited for;
    ///   `CancellationError`.
    public nonisolated(nonsending) func claim(
        _ identifier: String,
        ttl: TTL = .default,
        tags: [String] = []
    ) async throws -> CacheClaim<Value> {
        let (pipeline, key) = try locate(identifier, tags: tags)
        return try await pipeline.claim(key, options.with(ttl), tags: tags)
    }

    /// Returns the value of an identifier, loaded by the caller and stored when there is none.
    ///
    /// One caller loads and the others wait. The closure runs in the task and on the actor of its caller, and is neither
    /// escaping nor `Sendable`. When it throws, its error is thrown here only, and the next caller that waits calls its
    /// own closure.
    ///
    /// - Parameters:
    ///   - identifier: The identifier.
    ///   - ttl: The lifetime of a loaded value.
    ///   - tags: The tags of a loaded value, to invalidate it by.
    ///   - load: Returns the value.
    /// - Returns: The value.
    /// - Throws: The error of `load`; ``CacheError`` when the identifier is invalid; `CancellationError`.
    public nonisolated(nonsending) func getOrClaim(
        _ identifier: String,
        ttl: TTL = .default,
        tags: [String] = [],
        load: nonisolated(nonsending) () async throws -> Value
    ) async throws -> Value {
        let (pipeline, key) = try locate(identifier, tags: tags)
        return try await pipeline.getOrClaim(key, options.with(ttl), tags: tags, load)
    }

    /// Returns whether an identifier has a value.
    ///
    /// - Parameter identifier: The identifier.
    /// - Returns: Whether there is a value; false also when the backend fails.
    /// - Throws: ``CacheError`` when the identifier is invalid.
    public nonisolated(nonsending) func has(_ identifier: String) async throws -> Bool {
        let (pipeline, key) = try locate(identifier)
        return try await pipeline.has(key)
    }

    /// Returns the remaining lifetime of the value of an identifier; nil when there is none.
    ///
    /// - Parameter identifier: The identifier.
    /// - Returns: The remaining lifetime, or ``TTL/forever``.
    /// - Throws: ``CacheError`` when the identifier is invalid.
    public nonisolated(nonsending) func ttl(of identifier: String) async throws -> TTL? {
        let (pipeline, key) = try locate(identifier)
        return try await pipeline.ttl(of: key)
    }

    /// Removes the value of an identifier.
    ///
    /// - Parameter identifier: The identifier.
    /// - Returns: Whether an entry was removed.
    /// - Throws: ``CacheError`` when the identifier is invalid or the backend fails.
    @discardableResult
    public nonisolated(nonsending) func delete(_ identifier: String) async throws -> Bool {
        let (pipeline, key) = try locate(identifier)
        return try await pipeline.delete(key)
    }

    /// Removes all values of this namespace whose identifiers match a pattern.
    ///
    /// Values of another namespace whose prefix or version equals the name of this one stay.
    ///
    /// - Parameter pattern: The pattern of the identifiers; all of them by default.
    /// - Returns: The number of values that were removed.
    /// - Throws: ``CacheError`` when the namespace is invalid or the backend fails.
    /// - Complexity: O(entries of the cache).
    @discardableResult
    public nonisolated(nonsending) func invalidate(_ pattern: KeyPattern = "*") async throws -> Int {
        if let objection { throw objection }
        return try await reference.pipeline().invalidate(KeyPattern(namespace: keyPrefix, pattern))
    }

    private func locate(_ identifier: String, tags: [String] = []) throws -> (CachePipeline, String) {
        if let objection { throw objection }
        let pipeline = try reference.pipeline()
        if let reason = KeyRules.problem(with: identifier) {
            throw CacheError.invalidKey(key: identifier, reason: reason)
        }
        let key = key(for: identifier)
        try pipeline.check(key, tags: tags)
        return (pipeline, key)
    }
}
