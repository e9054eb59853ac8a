// SPDX-License-Identifier: Apache-2.0

/// An async function whose results are cached: call it like the function it wraps.
///
/// It is made by `cached(...)`, and `$name` of a property marked `@Cached` is one. A hit suspends nowhere, stays on the
/// caller's executor and allocates nothing but its key.
public struct CachedFunction<each Argument: Sendable, Value: Sendable>: Sendable {
    /// All there is to it, as one reference, which is all that a call has to carry.
    @usableFromInline let parts: FunctionParts<repeat each Argument, Value>

    init(_ parts: FunctionParts<repeat each Argument, Value>) { self.parts = parts }

    /// The result for these arguments: from the cache, from a load in flight, or from a new load.
    ///
    /// - Parameter argument: The arguments of the function.
    /// - Returns: The result, the same on a hit as on a miss.
    /// - Throws: What the function throws; ``CacheError/notConfigured``; `CancellationError` when the caller is
    ///   cancelled while it waits.
    @inlinable
    public nonisolated(nonsending) func callAsFunction(_ argument: repeat each Argument) async throws -> Value {
        if let value = parts.hit(repeat each argument) { return value }
        return try await parts.lookup(repeat each argument)
    }
}
