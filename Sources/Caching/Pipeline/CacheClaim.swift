// SPDX-License-Identifier: Apache-2.0

/// The answer to a claim of a key: its value, or the task of loading it.
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
    /// The caller is the one that loads the value; other callers of the key wait for it.
    case mine(CachePromise<Value>)
}

/// The duty to load the value of a key, which other callers wait for.
///
/// ``fulfill(_:)`` stores the value and hands it to the callers that wait. A promise that fails or is dropped hands its
/// duty to the next caller at once. Code that holds a promise must not ask for its key: it would wait for itself.
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

    /// Stores a value and hands it to the callers that wait.
    ///
    /// It returns when the value is stored, or not to be stored because its key was changed meanwhile. A second call
    /// has no effect.
    ///
    /// - Parameter value: The value.
    public nonisolated(nonsending) func fulfill(_ value: Value) async {
        guard let load, load.resolve(.loaded(options.box(value))) else { return }
        await load.waitForEnd()
    }

    /// Reports that the value could not be loaded, and hands the duty to the next caller.
    ///
    /// Dropping the promise has the same effect, and counts as a load that was cancelled instead of one that failed.
    ///
    /// - Parameter error: The reason.
    /// - Returns: The value past its lifetime that answers instead, as `staleIfError` allows; nil when there is none.
    @discardableResult
    public nonisolated(nonsending) func fail(_ error: any Error) async -> Value? {
        guard let load, load.resolve(.failed(error)) else { return nil }
        await load.waitForEnd()
        return load.fallback?.unboxed(as: Value.self)
    }

    /// Calls a closure as the load of the key, so that ``LoadContext/current`` is that of the load.
    nonisolated(nonsending) func perform(
        _ body: nonisolated(nonsending) () async throws -> Value
    ) async throws -> Value {
        guard let context else { return try await LoadContext.withoutCache(body) }
        return try await LoadContext.$scope.withValue(context) { try await body() }
    }
}
