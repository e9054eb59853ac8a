// SPDX-License-Identifier: Apache-2.0

/// `@Cached(..., codec:)` for results that are not `Codable` or should not be JSON.
extension Cached {
    /// Caches a function without arguments under a static key; its results have a codec of their own.
    ///
    /// - Parameters:
    ///   - ttl: How long a result lives.
    ///   - key: The key of the one result.
    ///   - tags: Tags to invalidate all results by.
    ///   - cache: The name of the cache to use; nil for the default one.
    ///   - manager: The manager to use; nil for the current one at each call.
    ///   - policy: How results are kept, beyond the TTL.
    ///   - skip: Says which results are returned and not kept.
    ///   - codec: How results become bytes.
    ///   - fileID: Where the function is wrapped, for messages.
    ///   - line: Like `fileID`.
    ///   - column: Like `fileID`.
    public init(
        ttl: TTL = .default,
        key: String,
        tags: [String] = [],
        cache: String? = nil,
        manager: CacheManager? = nil,
        policy: CachePolicy = CachePolicy(),
        skip: (@Sendable (Value) -> Bool)? = nil,
        codec: CacheCodec<Value>,
        fileID: String = #fileID,
        line: Int = #line,
        column: Int = #column
    ) {
        let identity = FunctionIdentity(name: nil, fileID: fileID, line: line, column: column)
        let definition = FunctionDefinition<repeat each Argument, Value>(
            reference: CacheReference(manager: manager, name: cache),
            identity: identity,
            makeKey: FunctionDefinition<repeat each Argument, Value>.constant(key, identity),
            makeTags: FunctionDefinition<repeat each Argument, Value>.constant(tags),
            settings: FunctionSettings(ttl: ttl, policy: policy, skip: skip, codec: codec)
        )
        self.init(definition)
    }

    /// Caches a function under a key built from its arguments; its results have a codec of their own.
    ///
    /// - Parameters:
    ///   - ttl: How long a result lives.
    ///   - key: Builds the key from the arguments; what it leaves out does not tell results apart.
    ///   - tags: Tags to invalidate all results by.
    ///   - cache: The name of the cache to use; nil for the default one.
    ///   - manager: The manager to use; nil for the current one at each call.
    ///   - policy: How results are kept, beyond the TTL.
    ///   - skip: Says which results are returned and not kept.
    ///   - codec: How results become bytes.
    ///   - fileID: Where the function is wrapped, for messages.
    ///   - line: Like `fileID`.
    ///   - column: Like `fileID`.
    public init(
        ttl: TTL = .default,
        key: @escaping @Sendable (repeat each Argument) -> String,
        tags: [String] = [],
        cache: String? = nil,
        manager: CacheManager? = nil,
        policy: CachePolicy = CachePolicy(),
        skip: (@Sendable (Value) -> Bool)? = nil,
        codec: CacheCodec<Value>,
        fileID: String = #fileID,
        line: Int = #line,
        column: Int = #column
    ) {
        let identity = FunctionIdentity(name: nil, fileID: fileID, line: line, column: column)
        let definition = FunctionDefinition<repeat each Argument, Value>(
            reference: CacheReference(manager: manager, name: cache),
            identity: identity,
            makeKey: key,
            makeTags: FunctionDefinition<repeat each Argument, Value>.constant(tags),
            settings: FunctionSettings(ttl: ttl, policy: policy, skip: skip, codec: codec)
        )
        self.init(definition)
    }

    /// Caches a function under a key derived from its arguments by SHA-256; its results have a codec of their own.
    ///
    /// - Parameters:
    ///   - ttl: How long a result lives.
    ///   - tags: Tags to invalidate all results by.
    ///   - cache: The name of the cache to use; nil for the default one.
    ///   - manager: The manager to use; nil for the current one at each call.
    ///   - policy: How results are kept, beyond the TTL.
    ///   - skip: Says which results are returned and not kept.
    ///   - name: The function's name in the key; nil takes the place in the source, for this process only.
    ///   - scope: What else belongs to the key, such as the database that is asked; nil for nothing.
    ///   - codec: How results become bytes.
    ///   - fileID: Where the function is wrapped: its identity when it has no name.
    ///   - line: Like `fileID`.
    ///   - column: Like `fileID`.
    public init(
        ttl: TTL = .default,
        tags: [String] = [],
        cache: String? = nil,
        manager: CacheManager? = nil,
        policy: CachePolicy = CachePolicy(),
        skip: (@Sendable (Value) -> Bool)? = nil,
        name: String? = nil,
        scope: String? = nil,
        codec: CacheCodec<Value>,
        fileID: String = #fileID,
        line: Int = #line,
        column: Int = #column
    ) where repeat each Argument: Encodable {
        let identity = FunctionIdentity(name: name, scope: scope, fileID: fileID, line: line, column: column)
        let definition = FunctionDefinition<repeat each Argument, Value>(
            reference: CacheReference(manager: manager, name: cache),
            identity: identity,
            makeKey: FunctionDefinition<repeat each Argument, Value>.derived(identity),
            makeTags: FunctionDefinition<repeat each Argument, Value>.constant(tags),
            settings: FunctionSettings(ttl: ttl, policy: policy, skip: skip, codec: codec)
        )
        self.init(definition)
    }

    /// Caches a function without arguments under a static key; its results have a codec of their own.
    ///
    /// - Parameters:
    ///   - wrappedValue: The function.
    ///   - ttl: How long a result lives.
    ///   - key: The key of the one result.
    ///   - tags: Tags to invalidate all results by.
    ///   - cache: The name of the cache to use; nil for the default one.
    ///   - manager: The manager to use; nil for the current one at each call.
    ///   - policy: How results are kept, beyond the TTL.
    ///   - skip: Says which results are returned and not kept.
    ///   - codec: How results become bytes.
    ///   - fileID: Where the function is wrapped, for messages.
    ///   - line: Like `fileID`.
    ///   - column: Like `fileID`.
    public init(
        wrappedValue: @escaping @Sendable (repeat each Argument) async throws -> Value,
        ttl: TTL = .default,
        key: String,
        tags: [String] = [],
        cache: String? = nil,
        manager: CacheManager? = nil,
        policy: CachePolicy = CachePolicy(),
        skip: (@Sendable (Value) -> Bool)? = nil,
        codec: CacheCodec<Value>,
        fileID: String = #fileID,
        line: Int = #line,
        column: Int = #column
    ) {
        let identity = FunctionIdentity(name: nil, fileID: fileID, line: line, column: column)
        let definition = FunctionDefinition<repeat each Argument, Value>(
            reference: CacheReference(manager: manager, name: cache),
            identity: identity,
            makeKey: FunctionDefinition<repeat each Argument, Value>.constant(key, identity),
            makeTags: FunctionDefinition<repeat each Argument, Value>.constant(tags),
            settings: FunctionSettings(ttl: ttl, policy: policy, skip: skip, codec: codec)
        )
        self.init(definition, wrappedValue)
    }

    /// Caches a function under a key built from its arguments; its results have a codec of their own.
    ///
    /// - Parameters:
    ///   - wrappedValue: The function.
    ///   - ttl: How long a result lives.
    ///   - key: Builds the key from the arguments; what it leaves out does not tell results apart.
    ///   - tags: Tags to invalidate all results by.
    ///   - cache: The name of the cache to use; nil for the default one.
    ///   - manager: The manager to use; nil for the current one at each call.
    ///   - policy: How results are kept, beyond the TTL.
    ///   - skip: Says which results are returned and not kept.
    ///   - codec: How results become bytes.
    ///   - fileID: Where the function is wrapped, for messages.
    ///   - line: Like `fileID`.
    ///   - column: Like `fileID`.
    public init(
        wrappedValue: @escaping @Sendable (repeat each Argument) async throws -> Value,
        ttl: TTL = .default,
        key: @escaping @Sendable (repeat each Argument) -> String,
        tags: [String] = [],
        cache: String? = nil,
        manager: CacheManager? = nil,
        policy: CachePolicy = CachePolicy(),
        skip: (@Sendable (Value) -> Bool)? = nil,
        codec: CacheCodec<Value>,
        fileID: String = #fileID,
        line: Int = #line,
        column: Int = #column
    ) {
        let identity = FunctionIdentity(name: nil, fileID: fileID, line: line, column: column)
        let definition = FunctionDefinition<repeat each Argument, Value>(
            reference: CacheReference(manager: manager, name: cache),
            identity: identity,
            makeKey: key,
            makeTags: FunctionDefinition<repeat each Argument, Value>.constant(tags),
            settings: FunctionSettings(ttl: ttl, policy: policy, skip: skip, codec: codec)
        )
        self.init(definition, wrappedValue)
    }

    /// Caches a function under a key derived from its arguments by SHA-256; its results have a codec of their own.
    ///
    /// - Parameters:
    ///   - wrappedValue: The function.
    ///   - ttl: How long a result lives.
    ///   - tags: Tags to invalidate all results by.
    ///   - cache: The name of the cache to use; nil for the default one.
    ///   - manager: The manager to use; nil for the current one at each call.
    ///   - policy: How results are kept, beyond the TTL.
    ///   - skip: Says which results are returned and not kept.
    ///   - name: The function's name in the key; nil takes the place in the source, for this process only.
    ///   - scope: What else belongs to the key, such as the database that is asked; nil for nothing.
    ///   - codec: How results become bytes.
    ///   - fileID: Where the function is wrapped: its identity when it has no name.
    ///   - line: Like `fileID`.
    ///   - column: Like `fileID`.
    public init(
        wrappedValue: @escaping @Sendable (repeat each Argument) async throws -> Value,
        ttl: TTL = .default,
        tags: [String] = [],
        cache: String? = nil,
        manager: CacheManager? = nil,
        policy: CachePolicy = CachePolicy(),
        skip: (@Sendable (Value) -> Bool)? = nil,
        name: String? = nil,
        scope: String? = nil,
        codec: CacheCodec<Value>,
        fileID: String = #fileID,
        line: Int = #line,
        column: Int = #column
    ) where repeat each Argument: Encodable {
        let identity = FunctionIdentity(name: name, scope: scope, fileID: fileID, line: line, column: column)
        let definition = FunctionDefinition<repeat each Argument, Value>(
            reference: CacheReference(manager: manager, name: cache),
            identity: identity,
            makeKey: FunctionDefinition<repeat each Argument, Value>.derived(identity),
            makeTags: FunctionDefinition<repeat each Argument, Value>.constant(tags),
            settings: FunctionSettings(ttl: ttl, policy: policy, skip: skip, codec: codec)
        )
        self.init(definition, wrappedValue)
    }
}
