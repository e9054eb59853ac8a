// SPDX-License-Identifier: Apache-2.0

public import Synchronization

/// An async function whose results are cached: call it like the function it wraps.
///
/// It is made by `cached(...)`, and `$name` of a property marked `@Cached` is one. A hit suspends nowhere, stays on the
/// caller's executor and allocates nothing but its key.
public struct CachedFunction<each Argument: Sendable, Value: Sendable>: Sendable {
    @usableFromInline let reference: CacheReference
    @usableFromInline let makeKey: @Sendable (repeat each Argument) throws -> String
    @usableFromInline let parts: FunctionParts<repeat each Argument, Value>

    /// Whether a value past its lifetime may answer; then a miss in memory is not the end of looking.
    @usableFromInline let answersStale: Bool

    /// The result for these arguments: from the cache, from a load in flight, or from a new load.
    ///
    /// - Parameter argument: The arguments of the function.
    /// - Returns: The result, the same on a hit as on a miss.
    /// - Throws: What the function throws; ``CacheError/notConfigured``; `CancellationError` when the caller is
    ///   cancelled while it waits.
    @inlinable
    nonisolated(nonsending)
        public func callAsFunction(_ argument: repeat each Argument) async throws -> Value
    {
        if let value = hit(repeat each argument) { return value }
        return try await lookup(repeat each argument)
    }

    /// The fresh value of the process-wide default cache, if that is the one and has it.
    ///
    /// It touches no reference count but the value's.
    @inlinable
    @inline(__always)
    func hit(_ argument: repeat each Argument) -> Value? {
        guard reference.usesDefault, !ManagerScope.mayBeOverridden.load(ordering: .relaxed),
            let main = ProcessWideManager.installedMain.load(ordering: .acquiring),
            let key = try? makeKey(repeat each argument)
        else { return nil }
        return main._withUnsafeGuaranteedRef { $0.hit(key, as: Value.self) }
    }

    /// The same for every other cache and manager, and what may suspend.
    ///
    /// Inlinable, so that it is specialised where it is called: joining a load costs twice as much without that. In a
    /// function of its own, so that the one before it stays small.
    @inlinable
    @inline(never)
    nonisolated(nonsending)
        func lookup(_ argument: repeat each Argument) async throws -> Value
    {
        let pipeline = try reference.pipeline()
        var hasOtherType = false
        if pipeline.memoryReference != nil, let name = try? makeKey(repeat each argument) {
            let key = pipeline.wholeKey(name)
            if let value = pipeline.value(wholeKey: key, as: Value.self) {
                pipeline.reportHit(key)
                return value
            }
            // Nothing is made for a load before it is clear that there has to be one.
            if !answersStale {
                let stored = try await pipeline.join(key) { [parts] in
                    parts.departure(pipeline, key, repeat each argument)
                }
                // Spelled out: `unboxed(as:)` is not specialised for a class that is only known when it runs.
                if let stored, ObjectIdentifier(type(of: stored)) == ObjectIdentifier(ValueBox<Value>.self) {
                    return unsafeDowncast(stored, to: ValueBox<Value>.self).value
                }
                hasOtherType = stored != nil
            }
        }
        return try await parts.fetch(pipeline, hasOtherType: hasOtherType, repeat each argument)
    }
}
