// SPDX-License-Identifier: Apache-2.0

/// An async function whose results are cached: call it like the function it wraps.
///
/// It is made by `cached(...)`, and `$name` of a property marked `@Cached` is one. A hit suspends nowhere, stays on the
/// caller's executor and allocates nothing but its key.
public struct CachedFunction<each Argument: Sendable, Value: Sendable>: Sendable {
    /// One reference, which is all that a call has to carry.
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

    /// The result for these arguments: from the cache, from a load in flight, or from a new load.
    ///
    /// - Parameter argument: The arguments of the function.
    /// - Returns: The result, the same on a hit as on a miss.
    /// - Throws: What the function throws; ``CacheError/notConfigured``; `CancellationError` when the caller is
    ///   cancelled while it waits.
    @inlinable
    public nonisolated(nonsending) func callAsFunction(_ argument: repeat each Argument) async throws -> Value {
        if let value = storage.hit(repeat each argument) { return value }
        return try await storage.lookup(repeat each argument)
    }
}
