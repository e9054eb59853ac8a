// SPDX-License-Identifier: Apache-2.0

/// Properties that get their function in an initializer; until then it throws.
///
/// A default argument for `wrappedValue` would spare these declarations; Swift 6.3.1 crashes on it in builds for testing,
/// for functions without arguments.
extension Cached {
    /// Caches a function without arguments under a static key, which an initializer assigns.
    ///
    /// - Parameters:
    ///   - ttl: The lifetime of a result.
    ///   - key: The key of the one result.
    ///   - tags: The tags of the result, to invalidate it by.
    ///   - cache: The name of the cache; nil for the default one.
    ///   - manager: The manager; nil for the current one at each call.
    ///   - policy: The rules for results beyond their lifetime.
    ///   - skip: Returns true for results that are returned and not stored.
    ///   - fileID: The file of the declaration, for messages.
    ///   - line: The line of the declaration.
    ///   - column: The column of the declaration.
    public init(
        ttl: TTL = .default,
        key: String,
        tags: CacheTags<repeat each Argument> = [],
        cache: String? = nil,
        manager: CacheManager? = nil,
        policy: CachePolicy = CachePolicy(),
        skip: (@Sendable (Value) -> Bool)? = nil,
        fileID: String = #fileID,
        line: Int = #line,
        column: Int = #column
    ) where Value: Codable {
        self.init(
            .fixed(key),
            tags,
            .init(ttl, policy, skip, .standard),
            .init(manager, cache),
            .init(fileID, line, column)
        )
    }

    /// Caches a function under a key built from its arguments, which an initializer assigns.
    ///
    /// - Parameters:
    ///   - ttl: The lifetime of a result.
    ///   - key: Builds the key from the arguments; results whose keys are equal share an entry.
    ///   - tags: The tags of a result, to invalidate it by: a list, or `.from { ... }` of the arguments.
    ///   - cache: The name of the cache; nil for the default one.
    ///   - manager: The manager; nil for the current one at each call.
    ///   - policy: The rules for results beyond their lifetime.
    ///   - skip: Returns true for results that are returned and not stored.
    ///   - fileID: The file of the declaration, for messages.
    ///   - line: The line of the declaration.
    ///   - column: The column of the declaration.
    public init(
        ttl: TTL = .default,
        key: @escaping @Sendable (repeat each Argument) -> String,
        tags: CacheTags<repeat each Argument> = [],
        cache: String? = nil,
        manager: CacheManager? = nil,
        policy: CachePolicy = CachePolicy(),
        skip: (@Sendable (Value) -> Bool)? = nil,
        fileID: String = #fileID,
        line: Int = #line,
        column: Int = #column
    ) where Value: Codable {
        self.init(
            .built(key),
            tags,
            .init(ttl, policy, skip, .standard),
            .init(manager, cache),
            .init(fileID, line, column)
        )
    }

    /// Caches a function under a key derived from its arguments by SHA-256, which an initializer assigns.
    ///
    /// - Parameters:
    ///   - ttl: The lifetime of a result.
    ///   - tags: The tags of a result, to invalidate it by: a list, or `.from { ... }` of the arguments.
    ///   - cache: The name of the cache; nil for the default one.
    ///   - manager: The manager; nil for the current one at each call.
    ///   - policy: The rules for results beyond their lifetime.
    ///   - skip: Returns true for results that are returned and not stored.
    ///   - name: The name of the function in the key; nil takes the place in the source, in this process only.
    ///   - scope: A further part of the key, such as the database that is asked; nil for none.
    ///   - fileID: The file of the declaration, for messages and as the identity of a function without a name.
    ///   - line: The line of the declaration.
    ///   - column: The column of the declaration.
    public init(
        ttl: TTL = .default,
        tags: CacheTags<repeat each Argument> = [],
        cache: String? = nil,
        manager: CacheManager? = nil,
        policy: CachePolicy = CachePolicy(),
        skip: (@Sendable (Value) -> Bool)? = nil,
        name: String? = nil,
        scope: String? = nil,
        fileID: String = #fileID,
        line: Int = #line,
        column: Int = #column
    ) where Value: Codable, repeat each Argument: Encodable {
        self.init(
            .derived(name: name, scope: scope),
            tags,
            .init(ttl, policy, skip, .standard),
            .init(manager, cache),
            .init(fileID, line, column)
        )
    }

    /// Caches a function without arguments under a static key, with a codec for its results, which an initializer assigns.
    ///
    /// - Parameters:
    ///   - ttl: The lifetime of a result.
    ///   - key: The key of the one result.
    ///   - tags: The tags of the result, to invalidate it by.
    ///   - cache: The name of the cache; nil for the default one.
    ///   - manager: The manager; nil for the current one at each call.
    ///   - policy: The rules for results beyond their lifetime.
    ///   - skip: Returns true for results that are returned and not stored.
    ///   - codec: The codec that turns results into bytes, or `.memoryOnly`.
    ///   - fileID: The file of the declaration, for messages.
    ///   - line: The line of the declaration.
    ///   - column: The column of the declaration.
    public init(
        ttl: TTL = .default,
        key: String,
        tags: CacheTags<repeat each Argument> = [],
        cache: String? = nil,
        manager: CacheManager? = nil,
        policy: CachePolicy = CachePolicy(),
        skip: (@Sendable (Value) -> Bool)? = nil,
        codec: CacheCodec<Value>,
        fileID: String = #fileID,
        line: Int = #line,
        column: Int = #column
    ) {
        self.init(
            .fixed(key),
            tags,
            .init(ttl, policy, skip, codec),
            .init(manager, cache),
            .init(fileID, line, column)
        )
    }

    /// Caches a function under a key built from its arguments, with a codec for its results, which an initializer assigns.
    ///
    /// - Parameters:
    ///   - ttl: The lifetime of a result.
    ///   - key: Builds the key from the arguments; results whose keys are equal share an entry.
    ///   - tags: The tags of a result, to invalidate it by: a list, or `.from { ... }` of the arguments.
    ///   - cache: The name of the cache; nil for the default one.
    ///   - manager: The manager; nil for the current one at each call.
    ///   - policy: The rules for results beyond their lifetime.
    ///   - skip: Returns true for results that are returned and not stored.
    ///   - codec: The codec that turns results into bytes, or `.memoryOnly`.
    ///   - fileID: The file of the declaration, for messages.
    ///   - line: The line of the declaration.
    ///   - column: The column of the declaration.
    public init(
        ttl: TTL = .default,
        key: @escaping @Sendable (repeat each Argument) -> String,
        tags: CacheTags<repeat each Argument> = [],
        cache: String? = nil,
        manager: CacheManager? = nil,
        policy: CachePolicy = CachePolicy(),
        skip: (@Sendable (Value) -> Bool)? = nil,
        codec: CacheCodec<Value>,
        fileID: String = #fileID,
        line: Int = #line,
        column: Int = #column
    ) {
        self.init(
            .built(key),
            tags,
            .init(ttl, policy, skip, codec),
            .init(manager, cache),
            .init(fileID, line, column)
        )
    }

    /// Caches a function under a key derived from its arguments by SHA-256, with a codec for its results, which an initializer assigns.
    ///
    /// - Parameters:
    ///   - ttl: The lifetime of a result.
    ///   - tags: The tags of a result, to invalidate it by: a list, or `.from { ... }` of the arguments.
    ///   - cache: The name of the cache; nil for the default one.
    ///   - manager: The manager; nil for the current one at each call.
    ///   - policy: The rules for results beyond their lifetime.
    ///   - skip: Returns true for results that are returned and not stored.
    ///   - codec: The codec that turns results into bytes, or `.memoryOnly`.
    ///   - name: The name of the function in the key; nil takes the place in the source, in this process only.
    ///   - scope: A further part of the key, such as the database that is asked; nil for none.
    ///   - fileID: The file of the declaration, for messages and as the identity of a function without a name.
    ///   - line: The line of the declaration.
    ///   - column: The column of the declaration.
    public init(
        ttl: TTL = .default,
        tags: CacheTags<repeat each Argument> = [],
        cache: String? = nil,
        manager: CacheManager? = nil,
        policy: CachePolicy = CachePolicy(),
        skip: (@Sendable (Value) -> Bool)? = nil,
        codec: CacheCodec<Value>,
        name: String? = nil,
        scope: String? = nil,
        fileID: String = #fileID,
        line: Int = #line,
        column: Int = #column
    ) where repeat each Argument: Encodable {
        self.init(
            .derived(name: name, scope: scope),
            tags,
            .init(ttl, policy, skip, codec),
            .init(manager, cache),
            .init(fileID, line, column)
        )
    }
}
