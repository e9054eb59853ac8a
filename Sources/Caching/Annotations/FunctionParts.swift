// SPDX-License-Identifier: Apache-2.0

public import Synchronization

/// What a cached function consists of.
///
/// An object, so that a call carries one reference, and a closure over it needs no context of its own.
@usableFromInline
final class FunctionParts<each Argument: Sendable, Value: Sendable>: Sendable {
    @usableFromInline let reference: CacheReference
    @usableFromInline let makeKey: @Sendable (repeat each Argument) throws -> String
    let makeTags: @Sendable (repeat each Argument) -> [String]
    let settings: FunctionSettings<Value>
    let load: @Sendable (repeat each Argument) async throws -> Value

    /// The cache that the name meant when it was last looked up; managers that were installed once are never freed.
    @usableFromInline let lastNamed = Atomic<Unmanaged<CachePipeline>?>(nil)

    /// Whether a value past its lifetime may answer; then a miss in memory is not the end of looking.
    @usableFromInline let answersStale: Bool

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
        self.makeTags = makeTags
        self.settings = settings
        self.load = load
    }

    /// A call of the function under a key, with the cache's prefix.
    func request(_ key: String, _ argument: repeat each Argument) -> FetchRequest<Value> {
        FetchRequest(
            key: key,
            settings: settings,
            tags: makeTags(repeat each argument),
            load: { [load] in try await load(repeat each argument) }
        )
    }

    /// A load of the function; nil when the key breaks the rules.
    @usableFromInline
    func departure(
        _ pipeline: Unmanaged<CachePipeline>,
        _ key: String,
        _ argument: repeat each Argument
    ) -> Departure? {
        guard KeyRules.objection(to: key) == nil else { return nil }
        return pipeline.takeUnretainedValue().departure(request(key, repeat each argument))
    }

    /// The result where memory alone does not decide: other backends, stale values, and calls without a valid key.
    ///
    /// `hasOtherType` says that the load in flight was of no use.
    @usableFromInline
    nonisolated(nonsending)
        func fetch(
            _ missed: borrowing Passenger,
            hasOtherType: Bool,
            _ argument: repeat each Argument
        ) async throws -> Value
    {
        let pipeline = try missed.cache?.takeUnretainedValue() ?? reference.pipeline()
        guard let key = missed.key else { return try await bypass(pipeline, repeat each argument) }
        let request = request(key, repeat each argument)
        return try await hasOtherType ? pipeline.loadAlone(request) : pipeline.fetch(request)
    }

    /// What the pipeline needs to know about a call; nil when the arguments give no key.
    func request(_ pipeline: CachePipeline, _ argument: repeat each Argument) throws -> FetchRequest<Value>? {
        let key: String
        do {
            key = try makeKey(repeat each argument)
        } catch CacheError.argumentsNotEncodable {
            return nil
        }
        return request(pipeline.wholeKey(key), repeat each argument)
    }

    /// Calls the function for arguments that cannot be encoded; throws what else keeps them from giving a key.
    nonisolated(nonsending)
        func bypass(_ pipeline: CachePipeline, _ argument: repeat each Argument) async throws -> Value
    {
        do {
            _ = try makeKey(repeat each argument)
        } catch CacheError.argumentsNotEncodable(let reason) {
            return try await pipeline.bypass(.argumentsNotEncodable(reason: reason), key: nil) { [load] in
                try await load(repeat each argument)
            }
        }
        return try await load(repeat each argument)
    }
}
