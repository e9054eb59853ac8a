// SPDX-License-Identifier: Apache-2.0

/// Caches a function without arguments under a static key.
///
/// ```swift
/// let rates = cached(ttl: 60, key: "rates") { try await bank.rates() }
/// ```
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
///   - load: The function.
/// - Returns: The cached function, which is called like `load`.
public func cached<Value: Codable & Sendable>(
    ttl: TTL = .default,
    key: String,
    tags: CacheTags<> = [],
    cache: String? = nil,
    manager: CacheManager? = nil,
    policy: CachePolicy = CachePolicy(),
    skip: (@Sendable (Value) -> Bool)? = nil,
    fileID: String = #fileID,
    line: Int = #line,
    column: Int = #column,
    _ load: @escaping @Sendable () async throws -> Value
) -> CachedFunction<Value> {
    CachedFunction(
        .fixed(key),
        tags,
        .init(ttl, policy, skip, .standard),
        .init(manager, cache),
        .init(fileID, line, column),
        load
    )
}

/// Caches a function under a key built from its arguments.
///
/// ```swift
/// let user = cached(ttl: 600, key: { "users:\($0)" }, tags: .from { ["user:\($0)"] }) { (id: Int) in
///     try await database.user(id)
/// }
/// let ada = try await user(42)
/// ```
///
/// The key closure takes every argument of the function: `{ id, _ in "users:\(id)" }` ignores the second one.
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
///   - load: The function.
/// - Returns: The cached function, which is called like `load`.
public func cached<each Argument: Sendable, Value: Codable & Sendable>(
    ttl: TTL = .default,
    key: @escaping @Sendable (repeat each Argument) -> String,
    tags: CacheTags<repeat each Argument> = [],
    cache: String? = nil,
    manager: CacheManager? = nil,
    policy: CachePolicy = CachePolicy(),
    skip: (@Sendable (Value) -> Bool)? = nil,
    fileID: String = #fileID,
    line: Int = #line,
    column: Int = #column,
    _ load: @escaping @Sendable (repeat each Argument) async throws -> Value
) -> CachedFunction<repeat each Argument, Value> {
    CachedFunction(
        .built(key),
        tags,
        .init(ttl, policy, skip, .standard),
        .init(manager, cache),
        .init(fileID, line, column),
        load
    )
}

/// Caches a function under a key derived from its arguments by SHA-256.
///
/// ```swift
/// let search = cached(ttl: 60, name: "search") { (text: String, page: Int) in
///     try await database.search(text, page: page)
/// }
/// ```
///
/// Without a name the place in the source stands for the function, so that nothing is found again in another process.
/// Arguments that cannot be encoded at run time make a call go around the cache.
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
///   - load: The function.
/// - Returns: The cached function, which is called like `load`.
public func cached<each Argument: Encodable & Sendable, Value: Codable & Sendable>(
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
    column: Int = #column,
    _ load: @escaping @Sendable (repeat each Argument) async throws -> Value
) -> CachedFunction<repeat each Argument, Value> {
    CachedFunction(
        .derived(name: name, scope: scope),
        tags,
        .init(ttl, policy, skip, .standard),
        .init(manager, cache),
        .init(fileID, line, column),
        load
    )
}

/// Caches a function without arguments under a static key, with a codec for its results.
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
///   - load: The function.
/// - Returns: The cached function, which is called like `load`.
public func cached<Value: Sendable>(
    ttl: TTL = .default,
    key: String,
    tags: CacheTags<> = [],
    cache: String? = nil,
    manager: CacheManager? = nil,
    policy: CachePolicy = CachePolicy(),
    skip: (@Sendable (Value) -> Bool)? = nil,
    codec: CacheCodec<Value>,
    fileID: String = #fileID,
    line: Int = #line,
    column: Int = #column,
    _ load: @escaping @Sendable () async throws -> Value
) -> CachedFunction<Value> {
    CachedFunction(
        .fixed(key),
        tags,
        .init(ttl, policy, skip, codec),
        .init(manager, cache),
        .init(fileID, line, column),
        load
    )
}

/// Caches a function under a key built from its arguments, with a codec for its results.
///
/// ```swift
/// let page = cached(ttl: 60, key: { "pages:\($0)" }, codec: .memoryOnly) { (path: String) in
///     try await renderer.page(path)
/// }
/// ```
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
///   - load: The function.
/// - Returns: The cached function, which is called like `load`.
public func cached<each Argument: Sendable, Value: Sendable>(
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
    column: Int = #column,
    _ load: @escaping @Sendable (repeat each Argument) async throws -> Value
) -> CachedFunction<repeat each Argument, Value> {
    CachedFunction(
        .built(key),
        tags,
        .init(ttl, policy, skip, codec),
        .init(manager, cache),
        .init(fileID, line, column),
        load
    )
}

/// Caches a function under a key derived from its arguments by SHA-256, with a codec for its results.
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
///   - load: The function.
/// - Returns: The cached function, which is called like `load`.
public func cached<each Argument: Encodable & Sendable, Value: Sendable>(
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
    column: Int = #column,
    _ load: @escaping @Sendable (repeat each Argument) async throws -> Value
) -> CachedFunction<repeat each Argument, Value> {
    CachedFunction(
        .derived(name: name, scope: scope),
        tags,
        .init(ttl, policy, skip, codec),
        .init(manager, cache),
        .init(fileID, line, column),
        load
    )
}
