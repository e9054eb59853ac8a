// SPDX-License-Identifier: Apache-2.0

public import Synchronization

/// The storage of a ``CachedFunction``.
///
/// It is an object, so that a call carries one reference, and a closure that captures it needs no context of its own.
@usableFromInline
final class FunctionStorage<each Argument: Sendable, Value: Sendable>: Sendable {
    @usableFromInline let reference: CacheReference
    @usableFromInline let makeKey: @Sendable (repeat each Argument) throws -> String
    @usableFromInline let makeTags: @Sendable (repeat each Argument) -> [String]
    @usableFromInline let options: EntryOptions<Value>
    @usableFromInline let load: @Sendable (repeat each Argument) async throws -> Value

    /// The cache that the name referred to at the last lookup; managers that were installed are never freed.
    @usableFromInline let lastNamed = Atomic<Unmanaged<CachePipeline>?>(nil)

    /// Whether a value past its lifetime may answer.
    @usableFromInline let answersStale: Bool

    /// The time past its lifetime within which a value answers at once, in nanoseconds.
    @usableFromInline let acceptedStaleness: Int64

    init(
        _ definition: FunctionDefinition<repeat each Argument, Value>,
        _ load: @escaping @Sendable (repeat each Argument) async throws -> Value
    ) {
        reference = definition.reference
        makeKey = definition.makeKey
        makeTags = definition.tags.make
        options = definition.options
        answersStale = options.policy.staleWindow != .zero
        acceptedStaleness = options.acceptedStaleness
        self.load = load
    }

    /// Returns the request of a call.
    ///
    /// It is inlinable, so that arguments and result are not handled as types that are known only at run time.
    @inlinable
    func request(_ key: String, _ argument: repeat each Argument) -> FetchRequest {
        FetchRequest(key: key, rules: options, tags: makeTags(repeat each argument)) { [load, options] in
            options.box(try await load(repeat each argument))
        }
    }

    /// Returns a load of the function; nil when the key is invalid.
    @inlinable
    func loadRequest(
        _ pipeline: Unmanaged<CachePipeline>,
        _ key: String,
        _ argument: repeat each Argument
    ) -> LoadRequest? {
        pipeline._withUnsafeGuaranteedRef { $0.loadRequest(request(key, repeat each argument)) }
    }

    /// Returns a value past its lifetime in the near store, if the policy allows it without waiting.
    @usableFromInline
    func staleAnswer(_ missed: borrowing MissedCall, _ argument: repeat each Argument) -> Value? {
        guard let pipeline = missed.cache?.takeUnretainedValue(), let key = missed.key,
            pipeline.storage.near != nil
        else { return nil }
        return pipeline.nearStaleAnswer(request(key, repeat each argument))?.known(as: Value.self)
    }

    /// Ends a call whose wait returned no value: the key is invalid, the load was of another type, the manager was shut
    /// down, the cache is switched off, or a claim of the key was abandoned.
    @usableFromInline
    nonisolated(nonsending) func loadUncached(
        _ missed: borrowing MissedCall,
        _ end: WaitEnd,
        _ argument: repeat each Argument
    ) async throws -> Value {
        let pipeline = try missed.cache?.takeUnretainedValue() ?? reference.pipeline()
        guard let key = missed.key else { return try await bypass(pipeline, repeat each argument) }
        return try await pipeline.load(after: end, request(key, repeat each argument))
    }

    /// Returns the request of a call; nil when the arguments cannot be encoded into a key.
    func request(_ argument: repeat each Argument) throws -> FetchRequest? {
        do {
            return request(try makeKey(repeat each argument), repeat each argument)
        } catch CacheError.argumentsNotEncodable {
            return nil
        }
    }

    /// Calls the function for arguments that cannot be encoded; throws any other error of building the key.
    nonisolated(nonsending) func bypass(
        _ pipeline: CachePipeline,
        _ argument: repeat each Argument
    ) async throws -> Value {
        do {
            _ = try makeKey(repeat each argument)
        } catch CacheError.argumentsNotEncodable(let reason) {
            return try await pipeline.bypass(.argumentsNotEncodable(reason: reason), key: nil) { [load] in
                try await load(repeat each argument)
            }
        }
        return try await LoadContext.hidden { [load] in try await load(repeat each argument) }
    }
}
