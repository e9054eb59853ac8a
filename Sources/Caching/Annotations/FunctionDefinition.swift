// SPDX-License-Identifier: Apache-2.0

/// Everything about a cached function but the function itself: what an annotation says.
///
/// `@Cached` keeps it until a closure is assigned; `cached(...)` makes a function of it at once.
@usableFromInline
struct FunctionDefinition<each Argument: Sendable, Value: Sendable>: Sendable {
    let reference: CacheReference
    let identity: FunctionIdentity
    let makeKey: @Sendable (repeat each Argument) throws -> String
    let makeTags: @Sendable (repeat each Argument) -> [String]
    let settings: FunctionSettings<Value>

    /// The cached form of a function.
    @usableFromInline
    func function(
        _ load: @escaping @Sendable (repeat each Argument) async throws -> Value
    ) -> CachedFunction<repeat each Argument, Value> {
        CachedFunction(
            FunctionParts(
                reference: reference,
                makeKey: makeKey,
                makeTags: makeTags,
                settings: settings,
                load: load
            )
        )
    }

    /// The tags of a function that has the same ones for all arguments.
    static func constant(_ tags: [String]) -> @Sendable (repeat each Argument) -> [String] {
        { (_: repeat each Argument) in tags }
    }

    /// A key that does not depend on the arguments, which there must not be any of.
    static func constant(
        _ key: String,
        _ identity: FunctionIdentity
    ) -> @Sendable (repeat each Argument) throws -> String {
        var hasArguments = false
        for _ in repeat (each Argument).self { hasArguments = true }
        guard hasArguments else { return { (_: repeat each Argument) in key } }
        let location = identity.location
        return { (_: repeat each Argument) in
            throw CacheError.staticKeyWithArguments(key: key, declaredAt: location)
        }
    }
}

extension FunctionDefinition where repeat each Argument: Encodable {
    /// The key from the function's identity and the digest of its arguments.
    static func derived(_ identity: FunctionIdentity) -> @Sendable (repeat each Argument) throws -> String {
        var types: [Any.Type] = []
        for type in repeat (each Argument).self { types.append(type) }
        let function = identity.keyPart(types: types + [Value.self])
        return { (argument: repeat each Argument) in
            try DerivedKey.key(function: function, repeat each argument)
        }
    }
}
