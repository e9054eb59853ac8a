// SPDX-License-Identifier: Apache-2.0

/// The origin of the keys of a cached function.
struct FunctionKey<each Argument: Sendable>: Sendable {
    typealias Maker = @Sendable (repeat each Argument) throws -> String

    /// Returns the closure that builds keys, for a function with this place and type of result.
    private let maker: @Sendable (CallSite, Any.Type) -> Maker

    func maker(_ site: CallSite, result: Any.Type) -> Maker { maker(site, result) }

    /// Returns a key that does not depend on arguments; of a function that has any, each call throws.
    static func fixed(_ key: String) -> FunctionKey {
        FunctionKey { site, _ in
            var hasArguments = false
            for _ in repeat (each Argument).self { hasArguments = true }
            guard hasArguments else { return { (_: repeat each Argument) in key } }
            return { (_: repeat each Argument) in
                throw CacheError.staticKeyWithArguments(key: key, declaredAt: site.location)
            }
        }
    }

    /// Returns keys that a closure builds.
    static func built(_ make: @escaping @Sendable (repeat each Argument) -> String) -> FunctionKey {
        FunctionKey { _, _ in make }
    }
}

extension FunctionKey where repeat each Argument: Encodable {
    /// Returns keys of the function's identity and the digest of its arguments.
    static func derived(name: String?, scope: String?) -> FunctionKey {
        FunctionKey { site, result in
            var types: [Any.Type] = []
            for type in repeat (each Argument).self { types.append(type) }
            let identity = FunctionIdentity(name: name, scope: scope, site: site)
            let function = identity.keyPart(types: types + [result])
            return { (argument: repeat each Argument) in
                try DerivedKey.key(function: function, repeat each argument)
            }
        }
    }
}
