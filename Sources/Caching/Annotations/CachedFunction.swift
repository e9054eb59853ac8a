// SPDX-License-Identifier: Apache-2.0

/// An async function whose results are cached.
///
/// ```swift
/// let user = cached(ttl: 600, key: { "users:\($0)" }) { (id: Int) in try await database.user(id) }
/// let ada = try await user(42)        // loads
/// let again = try await user(42)      // a hit
/// try await user.invalidate(42)
/// ```
///
/// `cached(...)` makes one, and `$name` of a property marked `@Cached` is one. A hit in memory does not suspend, stays on
/// the caller's executor and allocates only its key.
public struct CachedFunction<each Argument: Sendable, Value: Sendable>: Sendable {
    /// One reference, so that a call carries no more.
    @usableFromInline let storage: FunctionStorage<repeat each Argument, Value>

    init(_ storage: FunctionStorage<repeat each Argument, Value>) { self.storage = storage }

    init(
        _ key: FunctionKey<repeat each Argument>,
        _ tags: CacheTags<repeat each Argument>,
        _ options: EntryOptions<Value>,
        _ reference: CacheReference,
        _ site: CallSite,
        _ load: @escaping @Sendable (repeat each Argument) async throws -> Value
    ) {
        self = FunctionDefinition(key, tags, options, reference, site).function(load)
    }

    /// Returns the result for these arguments, from the cache, from a load in flight, or from a new load.
    ///
    /// - Parameter argument: The arguments of the function.
    /// - Returns: The result, of the same type on a hit and on a miss.
    /// - Throws: The error of the function; ``CacheError/notConfigured``; `CancellationError` when the caller is cancelled
    ///   while it waits.
    @inlinable
    public nonisolated(nonsending) func callAsFunction(_ argument: repeat each Argument) async throws -> Value {
        if let value = storage.hit(repeat each argument) { return value }
        return try await storage.lookup(repeat each argument)
    }
}
