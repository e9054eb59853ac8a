// SPDX-License-Identifier: Apache-2.0

/// What `cached(...)` returns for a synchronous function: nothing that can be called.
///
/// Only async functions are cached. Without these overloads Swift would turn a synchronous closure into an async one
/// without a word. Mark it `async` if it is meant to be: `{ (id: Int) async in ... }`.
public enum OnlyAsyncFunctionsCanBeCached: Sendable {}

/// Refuses a synchronous function.
///
/// - Parameters:
///   - ttl: Not used.
///   - key: Not used.
///   - load: The synchronous function.
/// - Returns: Never: the call does not compile.
@available(*, unavailable, message: "Only async functions can be cached; mark the closure 'async'.")
public func cached<Value: Codable & Sendable>(
    ttl: TTL = .default,
    key: String,
    _ load: @Sendable () throws -> Value
) -> OnlyAsyncFunctionsCanBeCached {
    fatalError("unavailable: the compiler rejects every call")
}

/// Refuses a synchronous function.
///
/// - Parameters:
///   - ttl: Not used.
///   - key: Not used.
///   - load: The synchronous function.
/// - Returns: Never: the call does not compile.
@available(*, unavailable, message: "Only async functions can be cached; mark the closure 'async'.")
public func cached<each Argument: Sendable, Value: Codable & Sendable>(
    ttl: TTL = .default,
    key: @Sendable (repeat each Argument) -> String,
    _ load: @Sendable (repeat each Argument) throws -> Value
) -> OnlyAsyncFunctionsCanBeCached {
    fatalError("unavailable: the compiler rejects every call")
}

/// Refuses a synchronous function.
///
/// - Parameters:
///   - ttl: Not used.
///   - load: The synchronous function.
/// - Returns: Never: the call does not compile.
@available(*, unavailable, message: "Only async functions can be cached; mark the closure 'async'.")
public func cached<each Argument: Encodable & Sendable, Value: Codable & Sendable>(
    ttl: TTL = .default,
    _ load: @Sendable (repeat each Argument) throws -> Value
) -> OnlyAsyncFunctionsCanBeCached {
    fatalError("unavailable: the compiler rejects every call")
}
