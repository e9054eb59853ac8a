// SPDX-License-Identifier: Apache-2.0

/// What `cached(...)` returns for a synchronous function: nothing that can be called.
///
/// Only async functions are cached. Without these overloads Swift would turn a synchronous closure into an async one
/// without a word. Mark it `async` if it is meant to be: `{ (id: Int) async in ... }`.
public struct OnlyAsyncFunctionsCanBeCached<Value: Sendable>: Sendable {
    /// Refuses the call.
    ///
    /// - Parameter argument: Not used.
    /// - Returns: Never: the call does not compile.
    /// - Throws: Never.
    @available(*, unavailable, message: "Only async functions can be cached: mark the closure 'async'.")
    public func callAsFunction<each Argument>(_ argument: repeat each Argument) async throws -> Value {
        // A body has to be there; it is never reached, because the function is unavailable everywhere.
        fatalError("unavailable: the compiler rejects every call")
    }
}

// The overloads themselves are not unavailable: the compiler would then prefer the async ones, and accept the closure.

/// Refuses a synchronous function under a static key.
///
/// - Parameters:
///   - ttl: Not used.
///   - key: Not used.
///   - tags: Not used.
///   - cache: Not used.
///   - manager: Not used.
///   - policy: Not used.
///   - skip: Not used.
///   - load: The synchronous function.
/// - Returns: What cannot be called.
@available(*, deprecated, message: "Only async functions can be cached: mark the closure 'async'.")
public func cached<Value: Codable & Sendable>(
    ttl: TTL = .default,
    key: String,
    tags: [String] = [],
    cache: String? = nil,
    manager: CacheManager? = nil,
    policy: CachePolicy = CachePolicy(),
    skip: (@Sendable (Value) -> Bool)? = nil,
    _ load: @Sendable () throws -> Value
) -> OnlyAsyncFunctionsCanBeCached<Value> { OnlyAsyncFunctionsCanBeCached() }

/// Refuses a synchronous function under a key built from its arguments.
///
/// - Parameters:
///   - ttl: Not used.
///   - key: Not used.
///   - tags: Not used.
///   - cache: Not used.
///   - manager: Not used.
///   - policy: Not used.
///   - skip: Not used.
///   - load: The synchronous function.
/// - Returns: What cannot be called.
@available(*, deprecated, message: "Only async functions can be cached: mark the closure 'async'.")
public func cached<each Argument: Sendable, Value: Codable & Sendable>(
    ttl: TTL = .default,
    key: @Sendable (repeat each Argument) -> String,
    tags: [String] = [],
    cache: String? = nil,
    manager: CacheManager? = nil,
    policy: CachePolicy = CachePolicy(),
    skip: (@Sendable (Value) -> Bool)? = nil,
    _ load: @Sendable (repeat each Argument) throws -> Value
) -> OnlyAsyncFunctionsCanBeCached<Value> { OnlyAsyncFunctionsCanBeCached() }

/// Refuses a synchronous function with tags built from its arguments.
///
/// - Parameters:
///   - ttl: Not used.
///   - key: Not used.
///   - tags: Not used.
///   - cache: Not used.
///   - manager: Not used.
///   - policy: Not used.
///   - skip: Not used.
///   - load: The synchronous function.
/// - Returns: What cannot be called.
@available(*, deprecated, message: "Only async functions can be cached: mark the closure 'async'.")
public func cached<each Argument: Sendable, Value: Codable & Sendable>(
    ttl: TTL = .default,
    key: @Sendable (repeat each Argument) -> String,
    tags: @Sendable (repeat each Argument) -> [String],
    cache: String? = nil,
    manager: CacheManager? = nil,
    policy: CachePolicy = CachePolicy(),
    skip: (@Sendable (Value) -> Bool)? = nil,
    _ load: @Sendable (repeat each Argument) throws -> Value
) -> OnlyAsyncFunctionsCanBeCached<Value> { OnlyAsyncFunctionsCanBeCached() }

/// Refuses a synchronous function under a derived key.
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
///   - load: The synchronous function.
/// - Returns: What cannot be called.
@available(*, deprecated, message: "Only async functions can be cached: mark the closure 'async'.")
public func cached<each Argument: Encodable & Sendable, Value: Codable & Sendable>(
    ttl: TTL = .default,
    tags: [String] = [],
    cache: String? = nil,
    manager: CacheManager? = nil,
    policy: CachePolicy = CachePolicy(),
    skip: (@Sendable (Value) -> Bool)? = nil,
    name: String? = nil,
    scope: String? = nil,
    _ load: @Sendable (repeat each Argument) throws -> Value
) -> OnlyAsyncFunctionsCanBeCached<Value> { OnlyAsyncFunctionsCanBeCached() }

/// Refuses a synchronous function under a derived key, with tags built from its arguments.
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
///   - load: The synchronous function.
/// - Returns: What cannot be called.
@available(*, deprecated, message: "Only async functions can be cached: mark the closure 'async'.")
public func cached<each Argument: Encodable & Sendable, Value: Codable & Sendable>(
    ttl: TTL = .default,
    tags: @Sendable (repeat each Argument) -> [String],
    cache: String? = nil,
    manager: CacheManager? = nil,
    policy: CachePolicy = CachePolicy(),
    skip: (@Sendable (Value) -> Bool)? = nil,
    name: String? = nil,
    scope: String? = nil,
    _ load: @Sendable (repeat each Argument) throws -> Value
) -> OnlyAsyncFunctionsCanBeCached<Value> { OnlyAsyncFunctionsCanBeCached() }
