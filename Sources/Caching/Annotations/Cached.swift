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
/// and `key(for:)`. Swift allows property wrappers neither on `static` properties nor in a `final class: Sendable`, and
/// an actor's initializer cannot assign through one: there, `let user = cached(...)` does the same.
///
/// Called from an actor, the property hops off it, as every closure of this type does; `$user(42)` does not.
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

    /// The function of a property that none was assigned to.
    @usableFromInline
    static var unassigned: @Sendable (repeat each Argument) async throws -> Value {
        { (_: repeat each Argument) async throws -> Value in throw UnassignedFunction() }
    }

    /// The function, cached.
    ///
    /// What is assigned is what gets wrapped.
    public var wrappedValue: @Sendable (repeat each Argument) async throws -> Value {
        @inlinable @inline(__always) get { Self.closure(function.storage) }
        @inlinable set { function = definition.function(newValue) }
    }

    /// The cached function with its operations.
    public var projectedValue: CachedFunction<repeat each Argument, Value> { function }

    /// Inlinable, so that it is specialised where the property is read: then calling it costs no thunk, and the one
    /// reference it captures is its context, so that nothing is allocated.
    @inlinable
    @inline(__always)
    static func closure(
        _ storage: FunctionStorage<repeat each Argument, Value>
    ) -> @Sendable (repeat each Argument) async throws -> Value {
        { (argument: repeat each Argument) async throws -> Value in
            // What `function(...)` does, without its async frame, which costs a third as much as a hit.
            if let value = storage.hit(repeat each argument) { return value }
            return try await storage.lookup(repeat each argument)
        }
    }
}
