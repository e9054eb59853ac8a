// SPDX-License-Identifier: Apache-2.0

/// A typed namespace: values of one type under `prefix:version:namespace:identifier`.
///
/// ```swift
/// let users = Cache<User>(namespace: "users", ttl: .minutes(10), jitter: 0.1, version: "v1")
/// let user = try await users.getOrSet("42") { try await database.user(42) }
/// ```
///
/// Parts are escaped, so that no namespace and identifier meet another's. A new `version` finds none of the old
/// entries: it drops them all at once.
public struct Cache<Value: Sendable>: Sendable {
    @usableFromInline let reference: CacheReference
    private let options: EntryOptions<Value>
    @usableFromInline let keyPrefix: String
    /// The reason why the namespace cannot be used; nil when it can.
    @usableFromInline let objection: CacheError?

    /// Creates a namespace whose values have a codec of their own.
    ///
    /// - Parameters:
    ///   - namespace: The name of the namespace. Without a visible character, each operation throws.
    ///   - ttl: How long values live when a call does not say.
    ///   - jitter: The share of a lifetime that it is spread by, 0...1; nil takes the cache's setting.
    ///   - prefix: A first part of the key, after what the cache puts before all its keys.
    ///   - version: A version of what is stored; a new one drops everything.
    ///   - cache: The name of the cache to use; nil for the default one.
    ///   - manager: The manager to use; nil for the current one at each call.
    ///   - codec: How values become bytes.
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
    ///   - ttl: How long values live when a call does not say.
    ///   - jitter: The share of a lifetime that it is spread by, 0...1; nil takes the cache's setting.
    ///   - prefix: A first part of the key, after what the cache puts before all its keys.
    ///   - version: A version of what is stored; a new one drops everything.
    ///   - cache: The name of the cache to use; nil for the default one.
    ///   - manager: The manager to use; nil for the current one at each call.
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

    /// Returns the key of an identifier, without what the cache puts before all its keys.
    ///
    /// - Parameter identifier: What is identified; `:`, `*` and `%` in it are escaped.
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

    /// Returns the value of an identifier, wherever it has to be looked for.
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
    ///   - ttl: How long it lives; zero or less removes what is there.
    ///   - tags: Tags to invalidate it by.
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

    /// Returns the value of an identifier, loaded and stored when there is none: one load however many ask at once.
    ///
    /// - Parameters:
    ///   - identifier: The identifier.
    ///   - ttl: How long a loaded value lives.
    ///   - tags: Tags to invalidate it by.
    ///   - load: Where the value comes from.
    /// - Returns: The value.
    /// - Throws: What `load` throws; ``CacheError`` when the identifier is invalid; `CancellationError`.
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

    /// Returns the value of an identifier, or the duty to load it, which one caller at a time has.
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
    /// - Returns: Whether it is there; false as well when the backend cannot tell.
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
    /// - Returns: Whether there was one.
    /// - Throws: ``CacheError`` when the identifier is invalid or the backend fails.
    @discardableResult
    public nonisolated(nonsending) func delete(_ identifier: String) async throws -> Bool {
        let (pipeline, key) = try locate(identifier)
        return try await pipeline.delete(key)
    }

    /// Removes all values of this namespace whose identifiers match a pattern.
    ///
    /// Those of a namespace whose prefix or version is the name of this one stay.
    ///
    /// - Parameter pattern: Which identifiers; all of them when it is left out.
    /// - Returns: How many values were removed.
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
