// SPDX-License-Identifier: Apache-2.0

/// Caches a function without arguments under a static key.
///
/// - Parameters:
///   - ttl: How long a result lives.
///   - key: The key of the one result.
///   - tags: Tags to invalidate all results by.
///   - cache: The name of the cache to use; nil for the default one.
///   - manager: The manager to use; nil for the current one at each call.
///   - policy: How results are kept, beyond the TTL.
///   - skip: Says which results are returned and not kept.
///   - fileID: Where the function is wrapped, for messages.
///   - line: Like `fileID`.
///   - column: Like `fileID`.
///   - load: The function.
/// - Returns: The cached function; call it like the one it wraps.
public func cached<Value: Codable & Sendable>(
    ttl: TTL = .default,
    key: String,
    tags: [String] = [],
    cache: String? = nil,
    manager: CacheManager? = nil,
    policy: CachePolicy = CachePolicy(),
    skip: (@Sendable (Value) -> Bool)? = nil,
    fileID: String = #fileID,
    line: Int = #line,
    column: Int = #column,
    _ load: @escaping @Sendable () async throws -> Value
) -> CachedFunction<Value> {
    let identity = FunctionIdentity(name: nil, fileID: fileID, line: line, column: column)
    return FunctionDefinition<Value>(
        reference: CacheReference(manager: manager, name: cache),
        identity: identity,
        makeKey: FunctionDefinition<Value>.constant(key, identity),
        makeTags: FunctionDefinition<Value>.constant(tags),
        settings: FunctionSettings(ttl: ttl, policy: policy, skip: skip, codec: .standard)
    )
    .function(load)
}

/// Caches a function under a key built from its arguments.
///
/// - Parameters:
///   - ttl: How long a result lives.
///   - key: Builds the key from the arguments; what it leaves out does not tell results apart.
///   - tags: Tags to invalidate all results by.
///   - cache: The name of the cache to use; nil for the default one.
///   - manager: The manager to use; nil for the current one at each call.
///   - policy: How results are kept, beyond the TTL.
///   - skip: Says which results are returned and not kept.
///   - fileID: Where the function is wrapped, for messages.
///   - line: Like `fileID`.
///   - column: Like `fileID`.
///   - load: The function.
/// - Returns: The cached function; call it like the one it wraps.
public func cached<each Argument: Sendable, Value: Codable & Sendable>(
    ttl: TTL = .default,
    key: @escaping @Sendable (repeat each Argument) -> String,
    tags: [String] = [],
    cache: String? = nil,
    manager: CacheManager? = nil,
    policy: CachePolicy = CachePolicy(),
    skip: (@Sendable (Value) -> Bool)? = nil,
    fileID: String = #fileID,
    line: Int = #line,
    column: Int = #column,
    _ load: @escaping @Sendable (repeat each Argument) async throws -> Value
) -> CachedFunction<repeat each Argument, Value> {
    let identity = FunctionIdentity(name: nil, fileID: fileID, line: line, column: column)
    return FunctionDefinition<repeat each Argument, Value>(
        reference: CacheReference(manager: manager, name: cache),
        identity: identity,
        makeKey: key,
        makeTags: FunctionDefinition<repeat each Argument, Value>.constant(tags),
        settings: FunctionSettings(ttl: ttl, policy: policy, skip: skip, codec: .standard)
    )
    .function(load)
}

/// Caches a function under a key built from its arguments, with tags built from them too.
///
/// - Parameters:
///   - ttl: How long a result lives.
///   - key: Builds the key from the arguments; what it leaves out does not tell results apart.
///   - tags: Builds the tags of a result from the arguments.
///   - cache: The name of the cache to use; nil for the default one.
///   - manager: The manager to use; nil for the current one at each call.
///   - policy: How results are kept, beyond the TTL.
///   - skip: Says which results are returned and not kept.
///   - fileID: Where the function is wrapped, for messages.
///   - line: Like `fileID`.
///   - column: Like `fileID`.
///   - load: The function.
/// - Returns: The cached function; call it like the one it wraps.
public func cached<each Argument: Sendable, Value: Codable & Sendable>(
    ttl: TTL = .default,
    key: @escaping @Sendable (repeat each Argument) -> String,
    tags: @escaping @Sendable (repeat each Argument) -> [String],
    cache: String? = nil,
    manager: CacheManager? = nil,
    policy: CachePolicy = CachePolicy(),
    skip: (@Sendable (Value) -> Bool)? = nil,
    fileID: String = #fileID,
    line: Int = #line,
    column: Int = #column,
    _ load: @escaping @Sendable (repeat each Argument) async throws -> Value
) -> CachedFunction<repeat each Argument, Value> {
    let identity = FunctionIdentity(name: nil, fileID: fileID, line: line, column: column)
    return FunctionDefinition<repeat each Argument, Value>(
        reference: CacheReference(manager: manager, name: cache),
        identity: identity,
        makeKey: key,
        makeTags: tags,
        settings: FunctionSettings(ttl: ttl, policy: policy, skip: skip, codec: .standard)
    )
    .function(load)
}

/// Caches a function under a key derived from its arguments by SHA-256.
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
///   - fileID: Where the function is wrapped: its identity when it has no name.
///   - line: Like `fileID`.
///   - column: Like `fileID`.
///   - load: The function.
/// - Returns: The cached function; call it like the one it wraps.
public func cached<each Argument: Encodable & Sendable, Value: Codable & Sendable>(
    ttl: TTL = .default,
    tags: [String] = [],
    cache: String? = nil,
    manager: CacheManager? = nil,
    policy: CachePolicy = CachePolicy(),
    skip: (@Sendable (Value) -> Bool)? = nil,
    name: String? = nil,
    scope: String? = nil,
    fileID: String = #fileID,
    line: Int = #line,
    column: Int = #column,
    _ load: @escaping @Sendable (repeat each Argument) async throws -> Value
) -> CachedFunction<repeat each Argument, Value> {
    let identity = FunctionIdentity(name: name, scope: scope, fileID: fileID, line: line, column: column)
    return FunctionDefinition<repeat each Argument, Value>(
        reference: CacheReference(manager: manager, name: cache),
        identity: identity,
        makeKey: FunctionDefinition<repeat each Argument, Value>.derived(identity),
        makeTags: FunctionDefinition<repeat each Argument, Value>.constant(tags),
        settings: FunctionSettings(ttl: ttl, policy: policy, skip: skip, codec: .standard)
    )
    .function(load)
}

/// Caches a function under a key derived from its arguments by SHA-256, with tags built from them too.
///
/// - Parameters:
///   - ttl: How long a result lives.
///   - tags: Builds the tags of a result from the arguments.
///   - cache: The name of the cache to use; nil for the default one.
///   - manager: The manager to use; nil for the current one at each call.
///   - policy: How results are kept, beyond the TTL.
///   - skip: Says which results are returned and not kept.
///   - name: The function's name in the key; nil takes the place in the source, for this process only.
///   - scope: What else belongs to the key, such as the database that is asked; nil for nothing.
///   - fileID: Where the function is wrapped: its identity when it has no name.
///   - line: Like `fileID`.
///   - column: Like `fileID`.
///   - load: The function.
/// - Returns: The cached function; call it like the one it wraps.
public func cached<each Argument: Encodable & Sendable, Value: Codable & Sendable>(
    ttl: TTL = .default,
    tags: @escaping @Sendable (repeat each Argument) -> [String],
    cache: String? = nil,
    manager: CacheManager? = nil,
    policy: CachePolicy = CachePolicy(),
    skip: (@Sendable (Value) -> Bool)? = nil,
    name: String? = nil,
    scope: String? = nil,
    fileID: String = #fileID,
    line: Int = #line,
    column: Int = #column,
    _ load: @escaping @Sendable (repeat each Argument) async throws -> Value
) -> CachedFunction<repeat each Argument, Value> {
    let identity = FunctionIdentity(name: name, scope: scope, fileID: fileID, line: line, column: column)
    return FunctionDefinition<repeat each Argument, Value>(
        reference: CacheReference(manager: manager, name: cache),
        identity: identity,
        makeKey: FunctionDefinition<repeat each Argument, Value>.derived(identity),
        makeTags: tags,
        settings: FunctionSettings(ttl: ttl, policy: policy, skip: skip, codec: .standard)
    )
    .function(load)
}
