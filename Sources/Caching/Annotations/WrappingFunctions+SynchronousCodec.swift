// SPDX-License-Identifier: Apache-2.0

/// Refuses a synchronous function under a static key; its results have a codec.
///
/// - Parameters:
///   - ttl: Not used.
///   - key: Not used.
///   - tags: Not used.
///   - cache: Not used.
///   - manager: Not used.
///   - policy: Not used.
///   - skip: Not used.
///   - codec: Not used.
///   - load: The synchronous function.
/// - Returns: What cannot be called.
@available(*, deprecated, message: "Only async functions can be cached: mark the closure 'async'.")
public func cached<Value: Sendable>(
    ttl: TTL = .default,
    key: String,
    tags: [String] = [],
    cache: String? = nil,
    manager: CacheManager? = nil,
    policy: CachePolicy = CachePolicy(),
    skip: (@Sendable (Value) -> Bool)? = nil,
    codec: CacheCodec<Value>,
    _ load: @Sendable () throws -> Value
) -> OnlyAsyncFunctionsCanBeCached<Value> { OnlyAsyncFunctionsCanBeCached() }

/// Refuses a synchronous function under a key built from its arguments; its results have a codec.
///
/// - Parameters:
///   - ttl: Not used.
///   - key: Not used.
///   - tags: Not used.
///   - cache: Not used.
///   - manager: Not used.
///   - policy: Not used.
///   - skip: Not used.
///   - codec: Not used.
///   - load: The synchronous function.
/// - Returns: What cannot be called.
@available(*, deprecated, message: "Only async functions can be cached: mark the closure 'async'.")
public func cached<each Argument: Sendable, Value: Sendable>(
    ttl: TTL = .default,
    key: @Sendable (repeat each Argument) -> String,
    tags: [String] = [],
    cache: String? = nil,
    manager: CacheManager? = nil,
    policy: CachePolicy = CachePolicy(),
    skip: (@Sendable (Value) -> Bool)? = nil,
    codec: CacheCodec<Value>,
    _ load: @Sendable (repeat each Argument) throws -> Value
) -> OnlyAsyncFunctionsCanBeCached<Value> { OnlyAsyncFunctionsCanBeCached() }

/// Refuses a synchronous function under a derived key; its results have a codec.
///
/// - Parameters:
///   - ttl: Not used.
///   - tags: Not used.
///   - cache: Not used.
///   - manager: Not used.
///   - policy: Not used.
///   - skip: Not used.
///   - name: Not used.
///   - scope: Not used.
///   - codec: Not used.
///   - load: The synchronous function.
/// - Returns: What cannot be called.
@available(*, deprecated, message: "Only async functions can be cached: mark the closure 'async'.")
public func cached<each Argument: Encodable & Sendable, Value: Sendable>(
    ttl: TTL = .default,
    tags: [String] = [],
    cache: String? = nil,
    manager: CacheManager? = nil,
    policy: CachePolicy = CachePolicy(),
    skip: (@Sendable (Value) -> Bool)? = nil,
    name: String? = nil,
    scope: String? = nil,
    codec: CacheCodec<Value>,
    _ load: @Sendable (repeat each Argument) throws -> Value
) -> OnlyAsyncFunctionsCanBeCached<Value> { OnlyAsyncFunctionsCanBeCached() }
