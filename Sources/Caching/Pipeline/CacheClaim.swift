// SPDX-License-Identifier: Apache-2.0

/// The answer to a claim of a key: its value, or a promise to load it.
///
/// ```swift
/// switch try await pages.claim("home") {
/// case .found(let page):
///     return page
/// case .mine(let promise):
///     let page = try await next(request)          // neither escaping nor Sendable
///     await promise.fulfill(page)
///     return page
/// }
/// ```
public enum CacheClaim<Value: Sendable>: Sendable {
    /// The value, from the cache or from the load of another caller.
    case found(Value)
    /// A promise to load the value, which other callers of the key wait for.
    case mine(CachePromise<Value>)
}

/// A promise to load the value of a key, which other callers wait for.
///
/// ``fulfill(_:)`` stores the value and resumes the callers that wait. When a promise fails or is released without a
/// value, one of them gets a promise in its place at once. Code that holds a promise must not read its key, because it
/// would wait for itself.
public final class CachePromise<Value: Sendable>: Sendable {
    private let options: EntryOptions<Value>

    /// The flight; nil where loads are not shared, as after a shutdown.
    private let load: ClaimedLoad?

    init(_ options: EntryOptions<Value>, _ load: ClaimedLoad?) {
        self.options = options
        self.load = load
    }

    deinit { load?.resolve(.dropped) }

    /// The context of the load, to set its lifetime, add tags, or skip storing; nil where nothing is stored.
    public var context: LoadContext? { load?.context }

    /// Stores a value and resumes the callers that wait with it.
    ///
    /// It returns when the value is stored, or is discarded because its key was changed during the load. A second call has
    /// no effect.
    ///
    /// - Parameter value: The value.
    public nonisolated(nonsending) func fulfill(_ value: Value) async {
        guard let load, load.resolve(.loaded(options.box(value))) else { return }
        await load.waitForEnd()
    }

    /// Ends the promise with an error, and gives one to the next caller that waits.
    ///
    /// Releasing the promise has this effect too, and counts as a cancelled load instead of a failed one.
    ///
    /// - Parameter error: The reason.
    /// - Returns: The stale value that `staleIfError` allows as the answer; nil when there is none.
    @discardableResult
    public nonisolated(nonsending) func fail(_ error: any Error) async -> Value? {
        guard let load, load.resolve(.failed(error)) else { return nil }
        await load.waitForEnd()
        return load.fallback?.unboxed(as: Value.self)
    }

    /// Calls a closure as the load of the key, with the load's ``LoadContext/current``.
    nonisolated(nonsending) func perform(
        _ body: nonisolated(nonsending) () async throws -> Value
    ) async throws -> Value {
        guard let context else { return try await LoadContext.withoutCache(body) }
        return try await LoadContext.$scope.withValue(context) { try await body() }
    }
}
