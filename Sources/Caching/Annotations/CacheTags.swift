// SPDX-License-Identifier: Apache-2.0

/// The tags of the results of a cached function: a list, or one built from the arguments.
///
/// ```swift
/// let all = cached(ttl: 300, key: "users:all", tags: ["users"]) { try await database.users() }
/// let user = cached(ttl: 600, key: { "users:\($0)" }, tags: .from { ["users", "user:\($0)"] }) { (id: Int) in
///     try await database.user(id)
/// }
/// try await cache.invalidate(tag: "users")
/// ```
public struct CacheTags<each Argument>: Sendable {
    let make: @Sendable (repeat each Argument) -> [String]

    /// Creates the tags of all results.
    ///
    /// - Parameter tags: The tags.
    public init(_ tags: [String]) { make = { (_: repeat each Argument) in tags } }

    private init(make: @escaping @Sendable (repeat each Argument) -> [String]) { self.make = make }

    /// Returns tags that are built from the arguments of each call.
    ///
    /// - Parameter make: Returns the tags of a call. The closure takes every argument: `{ id, _ in ["user:\(id)"] }`
    ///   ignores the second one.
    /// - Returns: The tags.
    public static func from(_ make: @escaping @Sendable (repeat each Argument) -> [String]) -> CacheTags {
        CacheTags(make: make)
    }
}

extension CacheTags: ExpressibleByArrayLiteral {
    /// Creates the tags of all results.
    ///
    /// - Parameter tags: The tags.
    public init(arrayLiteral tags: String...) { self.init(tags) }
}
