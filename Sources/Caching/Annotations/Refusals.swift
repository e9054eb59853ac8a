// SPDX-License-Identifier: Apache-2.0

// Declarations that are chosen where nothing else fits, for the sake of their messages: the compiler's own do not name
// the remedy.

/// Refuses a result that is not `Codable`.
@available(
    *,
    unavailable,
    message: "The result is not Codable. Add 'codec: .memoryOnly' to cache it in memory, or a codec of your own."
)
public func cached<Value: Sendable>(
    ttl: TTL = .default,
    key: String,
    tags: CacheTags<> = [],
    cache: String? = nil,
    manager: CacheManager? = nil,
    policy: CachePolicy = CachePolicy(),
    skip: (@Sendable (Value) -> Bool)? = nil,
    _ load: @escaping @Sendable () async throws -> Value
) -> CachedFunction<Value> { fatalError() }

/// Refuses a result that is not `Codable`.
@available(
    *,
    unavailable,
    message: "The result is not Codable. Add 'codec: .memoryOnly' to cache it in memory, or a codec of your own."
)
public func cached<each Argument: Sendable, Value: Sendable>(
    ttl: TTL = .default,
    key: @escaping @Sendable (repeat each Argument) -> String,
    tags: CacheTags<repeat each Argument> = [],
    cache: String? = nil,
    manager: CacheManager? = nil,
    policy: CachePolicy = CachePolicy(),
    skip: (@Sendable (Value) -> Bool)? = nil,
    _ load: @escaping @Sendable (repeat each Argument) async throws -> Value
) -> CachedFunction<repeat each Argument, Value> { fatalError() }

/// Refuses arguments and results that cannot be encoded.
@available(
    *,
    unavailable,
    message: "An argument or the result is not Codable. Build the key, 'key: { ... }'; or add 'codec: .memoryOnly'."
)
public func cached<each Argument: Sendable, Value: Sendable>(
    ttl: TTL = .default,
    tags: CacheTags<repeat each Argument> = [],
    cache: String? = nil,
    manager: CacheManager? = nil,
    policy: CachePolicy = CachePolicy(),
    skip: (@Sendable (Value) -> Bool)? = nil,
    name: String? = nil,
    scope: String? = nil,
    _ load: @escaping @Sendable (repeat each Argument) async throws -> Value
) -> CachedFunction<repeat each Argument, Value> { fatalError() }

/// Refuses a static key for a function with arguments.
@available(
    *,
    unavailable,
    message: "A static key is for functions without arguments. Build it from them: key: { \"users:\\($0)\" }."
)
public func cached<First: Sendable, each Other: Sendable, Value: Sendable>(
    ttl: TTL = .default,
    key: String,
    tags: CacheTags<First, repeat each Other> = [],
    cache: String? = nil,
    manager: CacheManager? = nil,
    policy: CachePolicy = CachePolicy(),
    skip: (@Sendable (Value) -> Bool)? = nil,
    _ load: @escaping @Sendable (First, repeat each Other) async throws -> Value
) -> CachedFunction<First, repeat each Other, Value> { fatalError() }

/// Refuses a key closure that takes only the first argument.
@available(
    *,
    unavailable,
    message:
        "The key closure must take every argument of the function: { id, _ in \"users:\\(id)\" } ignores the second one."
)
public func cached<First: Sendable, Second: Sendable, each Other: Sendable, Value: Sendable>(
    ttl: TTL = .default,
    key: @escaping @Sendable (First) -> String,
    tags: CacheTags<First, Second, repeat each Other> = [],
    cache: String? = nil,
    manager: CacheManager? = nil,
    policy: CachePolicy = CachePolicy(),
    skip: (@Sendable (Value) -> Bool)? = nil,
    _ load: @escaping @Sendable (First, Second, repeat each Other) async throws -> Value
) -> CachedFunction<First, Second, repeat each Other, Value> { fatalError() }

/// Refuses a name beside a key.
@available(
    *,
    unavailable,
    message: "A name is for keys that are derived from the arguments. Leave out 'name:' or 'key:'."
)
public func cached<each Argument: Sendable, Value: Sendable>(
    ttl: TTL = .default,
    key: @escaping @Sendable (repeat each Argument) -> String,
    tags: CacheTags<repeat each Argument> = [],
    cache: String? = nil,
    manager: CacheManager? = nil,
    policy: CachePolicy = CachePolicy(),
    skip: (@Sendable (Value) -> Bool)? = nil,
    name: String,
    _ load: @escaping @Sendable (repeat each Argument) async throws -> Value
) -> CachedFunction<repeat each Argument, Value> { fatalError() }

extension Cached {
    /// A default argument that is never used.
    @usableFromInline
    static var refused: @Sendable (repeat each Argument) async throws -> Value { fatalError() }

    /// Refuses a result that is not `Codable`.
    @available(
        *,
        unavailable,
        message: "The result is not Codable. Add 'codec: .memoryOnly' to cache it in memory, or a codec of your own."
    )
    public init(
        wrappedValue: @escaping @Sendable (repeat each Argument) async throws -> Value = refused,
        ttl: TTL = .default,
        key: String,
        tags: CacheTags<repeat each Argument> = [],
        cache: String? = nil,
        manager: CacheManager? = nil,
        policy: CachePolicy = CachePolicy(),
        skip: (@Sendable (Value) -> Bool)? = nil
    ) { fatalError() }

    /// Refuses a result that is not `Codable`.
    @available(
        *,
        unavailable,
        message: "The result is not Codable. Add 'codec: .memoryOnly' to cache it in memory, or a codec of your own."
    )
    public init(
        wrappedValue: @escaping @Sendable (repeat each Argument) async throws -> Value = refused,
        ttl: TTL = .default,
        key: @escaping @Sendable (repeat each Argument) -> String,
        tags: CacheTags<repeat each Argument> = [],
        cache: String? = nil,
        manager: CacheManager? = nil,
        policy: CachePolicy = CachePolicy(),
        skip: (@Sendable (Value) -> Bool)? = nil
    ) { fatalError() }

    /// Refuses arguments and results that cannot be encoded.
    @available(
        *,
        unavailable,
        message: "An argument or the result is not Codable. Build the key, 'key: { ... }'; or add 'codec: .memoryOnly'."
    )
    public init(
        wrappedValue: @escaping @Sendable (repeat each Argument) async throws -> Value = refused,
        ttl: TTL = .default,
        tags: CacheTags<repeat each Argument> = [],
        cache: String? = nil,
        manager: CacheManager? = nil,
        policy: CachePolicy = CachePolicy(),
        skip: (@Sendable (Value) -> Bool)? = nil,
        name: String? = nil,
        scope: String? = nil
    ) { fatalError() }

    /// Refuses a name beside a key.
    @available(
        *,
        unavailable,
        message: "A name is for keys that are derived from the arguments. Leave out 'name:' or 'key:'."
    )
    public init(
        wrappedValue: @escaping @Sendable (repeat each Argument) async throws -> Value = refused,
        ttl: TTL = .default,
        key: @escaping @Sendable (repeat each Argument) -> String,
        tags: CacheTags<repeat each Argument> = [],
        cache: String? = nil,
        manager: CacheManager? = nil,
        policy: CachePolicy = CachePolicy(),
        skip: (@Sendable (Value) -> Bool)? = nil,
        name: String
    ) { fatalError() }
}
