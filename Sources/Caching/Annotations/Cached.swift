// SPDX-License-Identifier: Apache-2.0

/// Caches the async function in a property.
///
/// ```swift
/// struct UserService: Sendable {
///     @Cached(ttl: 600, key: { "users:\($0)" })
///     var user: @Sendable (Int) async throws -> User
///
///     init(database: Database) {
///         user = { try await database.user($0) }
///     }
/// }
/// ```
///
/// `service.user(42)` is cached; `service.$user` is the ``CachedFunction`` with `invalidate`, `refresh`, `peek`, `prime`
/// and `key(for:)`. A property wrapper cannot be on a `static` property or in a `final class: Sendable`, and an actor's
/// initializer cannot assign through one. There, use `let user = cached(...)`.
///
/// Called from an actor, the property leaves the actor's executor, as every closure of this type does; `$user(42)` does
/// not on a hit.
@propertyWrapper
public struct Cached<each Argument: Sendable, Value: Sendable>: Sendable {
    @usableFromInline let definition: FunctionDefinition<repeat each Argument, Value>
    @usableFromInline var function: CachedFunction<repeat each Argument, Value>

    init(
        _ key: FunctionKey<repeat each Argument>,
        _ tags: CacheTags<repeat each Argument>,
        _ options: EntryOptions<Value>,
        _ reference: CacheReference,
        _ site: CallSite,
        _ load: @escaping @Sendable (repeat each Argument) async throws -> Value
    ) {
        definition = FunctionDefinition(key, tags, options, reference, site)
        function = definition.function(load)
    }

    /// Creates a property whose function is assigned later; until then it throws.
    init(
        _ key: FunctionKey<repeat each Argument>,
        _ tags: CacheTags<repeat each Argument>,
        _ options: EntryOptions<Value>,
        _ reference: CacheReference,
        _ site: CallSite
    ) {
        self.init(key, tags, options, reference, site) { (_: repeat each Argument) async throws -> Value in
            throw CacheError.functionNotAssigned(declaredAt: site.location)
        }
    }

    /// The cached function; assigning one wraps it.
    public var wrappedValue: @Sendable (repeat each Argument) async throws -> Value {
        @inlinable @inline(__always) get { Self.closure(function.storage) }
        @inlinable set { function = definition.function(newValue) }
    }

    /// The cached function with its operations.
    public var projectedValue: CachedFunction<repeat each Argument, Value> { function }

    /// Returns the cached form of a function as a closure.
    ///
    /// It is inlinable, so that it is specialised where the property is read. Then a call needs no thunk, and the closure's
    /// context is the one reference that it captures, so that nothing is allocated.
    @inlinable
    @inline(__always)
    static func closure(
        _ storage: FunctionStorage<repeat each Argument, Value>
    ) -> @Sendable (repeat each Argument) async throws -> Value {
        { (argument: repeat each Argument) async throws -> Value in
            // As `callAsFunction`, without its async frame, which costs a third of a hit.
            if let value = storage.hit(repeat each argument) { return value }
            return try await storage.lookup(repeat each argument)
        }
    }
}
