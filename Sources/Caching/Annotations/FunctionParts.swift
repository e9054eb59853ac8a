// SPDX-License-Identifier: Apache-2.0

public import Synchronization

/// What a cached function consists of.
///
/// An object, so that a call carries one reference, and a closure over it needs no context of its own.
@usableFromInline
final class FunctionParts<each Argument: Sendable, Value: Sendable>: Sendable {
    @usableFromInline let reference: CacheReference
    @usableFromInline let makeKey: @Sendable (repeat each Argument) throws -> String
    @usableFromInline let makeTags: @Sendable (repeat each Argument) -> [String]
    @usableFromInline let settings: FunctionSettings<Value>
    @usableFromInline let load: @Sendable (repeat each Argument) async throws -> Value

    /// The cache that the name meant when it was last looked up; managers that were installed once are never freed.
    @usableFromInline let lastNamed = Atomic<Unmanaged<CachePipeline>?>(nil)

    /// Whether a value past its lifetime may answer.
    @usableFromInline let answersStale: Bool

    /// How long past its lifetime a value may be to answer at once, in nanoseconds.
    @usableFromInline let acceptedStaleness: Int64

    init(
        reference: CacheReference,
        makeKey: @escaping @Sendable (repeat each Argument) throws -> String,
        makeTags: @escaping @Sendable (repeat each Argument) -> [String],
        settings: FunctionSettings<Value>,
        load: @escaping @Sendable (repeat each Argument) async throws -> Value
    ) {
        self.reference = reference
        self.makeKey = makeKey
        answersStale = settings.policy.staleWindow != .zero
        acceptedStaleness = settings.acceptedStaleness
        self.makeTags = makeTags
        self.settings = settings
        self.load = load
    }

    /// Returns what the pipeline needs to know about a call.
    ///
    /// Inlinable, so that neither the arguments nor the result are handled as types that are known only at run time.
    @inlinable
    func request(_ key: String, _ argument: repeat each Argument) -> FetchRequest {
        FetchRequest(key: key, rules: settings, tags: makeTags(repeat each argument)) { [load, settings] in
            settings.box(try await load(repeat each argument))
        }
    }

    /// Returns a load of the function; nil when the key breaks the rules.
    @inlinable
    func loadRequest(
        _ pipeline: Unmanaged<CachePipeline>,
        _ key: String,
        _ argument: repeat each Argument
    ) -> LoadRequest? {
        pipeline._withUnsafeGuaranteedRef { $0.loadRequest(request(key, repeat each argument)) }
    }

    /// Answers with a value past its lifetime in the near store, if the policy allows it without waiting.
    @usableFromInline
    func staleAnswer(_ missed: borrowing MissedCall, _ argument: repeat each Argument) -> Value? {
        guard let pipeline = missed.cache?.takeUnretainedValue(), let key = missed.key,
            pipeline.storage.near != nil
        else { return nil }
        return pipeline.nearStaleAnswer(request(key, repeat each argument))?.known(as: Value.self)
    }

    /// Calls the function where the cache is of no use: without a valid key, beside a load with another type, after the
    /// shutdown, and while the cache is switched off.
    @usableFromInline
    nonisolated(nonsending) func loadUncached(
        _ missed: borrowing MissedCall,
        hasOtherType: Bool,
        _ argument: repeat each Argument
    ) async throws -> Value {
        let pipeline = try missed.cache?.takeUnretainedValue() ?? reference.pipeline()
        guard let key = missed.key else { return try await bypass(pipeline, repeat each argument) }
        return try await pipeline.loadAlone(
            request(key, repeat each argument),
            hasOtherType: hasOtherType
        )
    }

    /// Returns what the pipeline needs to know about a call; nil when the arguments give no key.
    func request(_ argument: repeat each Argument) throws -> FetchRequest? {
        do {
            return request(try makeKey(repeat each argument), repeat each argument)
        } catch CacheError.argumentsNotEncodable {
            return nil
        }
    }

    /// Calls the function for arguments that cannot be encoded; throws what else keeps them from giving a key.
    nonisolated(nonsending) func bypass(_ pipeline: CachePipeline, _ argument: repeat each Argument) async throws
        -> Value
    {
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
