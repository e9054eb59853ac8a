// SPDX-License-Identifier: Apache-2.0

/// The declaration of a cached function: its options, without the function itself.
///
/// `@Cached` stores it until a function is assigned; `cached(...)` uses it at once.
@usableFromInline
struct FunctionDefinition<each Argument: Sendable, Value: Sendable>: Sendable {
    let makeKey: @Sendable (repeat each Argument) throws -> String
    let tags: CacheTags<repeat each Argument>
    let options: EntryOptions<Value>
    let reference: CacheReference

    init(
        _ key: FunctionKey<repeat each Argument>,
        _ tags: CacheTags<repeat each Argument>,
        _ options: EntryOptions<Value>,
        _ reference: CacheReference,
        _ site: CallSite
    ) {
        makeKey = key.maker(site, result: Value.self)
        self.tags = tags
        self.options = options
        self.reference = reference
    }

    /// Returns the cached form of a function.
    @usableFromInline
    func function(
        _ load: @escaping @Sendable (repeat each Argument) async throws -> Value
    ) -> CachedFunction<repeat each Argument, Value> {
        CachedFunction(FunctionStorage(self, load))
    }
}
