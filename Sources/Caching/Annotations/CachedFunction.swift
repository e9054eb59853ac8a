// SPDX-License-Identifier: Apache-2.0

public import Synchronization

/// An async function whose results are cached: call it like the function it wraps.
///
/// It is made by `cached(...)`, and `$name` of a property marked `@Cached` is one. A hit suspends nowhere, stays on the
/// caller's executor and allocates nothing but its key.
public struct CachedFunction<each Argument: Sendable, Value: Sendable>: Sendable {
    @usableFromInline let reference: CacheReference
    @usableFromInline let makeKey: @Sendable (repeat each Argument) throws -> String
    let makeTags: @Sendable (repeat each Argument) -> [String]
    let settings: FunctionSettings<Value>
    let load: @Sendable (repeat each Argument) async throws -> Value

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
        // A hit of the process-wide default cache touches no reference count but the value's.
        if reference.usesDefault, !ManagerScope.mayBeOverridden.load(ordering: .relaxed),
            let main = ProcessWideManager.installedMain.load(ordering: .acquiring),
            let key = try? makeKey(repeat each argument),
            let value = main._withUnsafeGuaranteedRef({ $0.hit(key, as: Value.self) })
        {
            return value
        }
        return try await lookup(repeat each argument)
    }

    /// The same for every other cache and manager, and what may suspend.
    @usableFromInline
    @inline(never)
    nonisolated(nonsending)
        func lookup(_ argument: repeat each Argument) async throws -> Value
    {
        let pipeline = try reference.pipeline()
        let isObserved = pipeline.events.isObserved.load(ordering: .relaxed)
        // Nothing is made for a load before it is clear that there has to be one.
        if !isObserved, let key = try? makeKey(repeat each argument), let value = pipeline.hit(key, as: Value.self) {
            return value
        }
        guard let request = try request(pipeline, repeat each argument) else {
            return try await bypass(pipeline, repeat each argument)
        }
        return try await pipeline.fetch(request)
    }

    /// What the pipeline needs to know about a call; nil when the arguments give no key.
    func request(_ pipeline: CachePipeline, _ argument: repeat each Argument) throws -> FetchRequest<Value>? {
        let key: String
        do {
            key = try makeKey(repeat each argument)
        } catch CacheError.argumentsNotEncodable {
            return nil
        }
        return FetchRequest(
            key: pipeline.wholeKey(key),
            settings: settings,
            tags: makeTags(repeat each argument),
            load: { [load] in try await load(repeat each argument) }
        )
    }

    /// Calls the function for arguments that give no key.
    nonisolated(nonsending)
        func bypass(_ pipeline: CachePipeline, _ argument: repeat each Argument) async throws -> Value
    {
        do {
            _ = try makeKey(repeat each argument)
        } catch let error as CacheError {
            return try await pipeline.bypass(error, key: nil) { [load] in try await load(repeat each argument) }
        }
        return try await load(repeat each argument)
    }
}
