// SPDX-License-Identifier: Apache-2.0

extension UserSnippet {
    static let onAnnotations = [
        UserSnippet(
            "01 a static property",
            #"""
            struct S {
                @Cached(ttl: 60, key: { "u:\($0)" }) static var user = { (id: Int) async throws -> User in User(id: id) }
            }
            """#,
            .explained(
                "static property 'user' is not concurrency-safe",
                guide: "`static let user = cached(...)`",
                remedy: #"""
                    struct S {
                        static let user = cached(ttl: 60, key: { "u:\($0)" }) { (id: Int) in User(id: id) }
                    }
                    """#
            )
        ),
        UserSnippet(
            "02 a final class that is Sendable",
            #"""
            final class S: Sendable {
                @Cached(ttl: 60, key: { "u:\($0)" }) var user = { (id: Int) async throws -> User in User(id: id) }
            }
            """#,
            .explained(
                "stored property '_user' of 'Sendable'-conforming class 'S' is mutable",
                guide: "`final class: Sendable`",
                remedy: #"""
                    final class S: Sendable {
                        let user = cached(ttl: 60, key: { "u:\($0)" }) { (id: Int) in User(id: id) }
                    }
                    """#
            )
        ),
        UserSnippet(
            "03 a constant",
            #"""
            struct S: Sendable {
                @Cached(ttl: 60, key: { "u:\($0)" }) let user = { (id: Int) async throws -> User in User(id: id) }
            }
            """#,
            .refused(
                "property wrapper can only be applied to a 'var'",
                remedy: #"""
                    struct S: Sendable {
                        @Cached(ttl: 60, key: { "u:\($0)" }) var user = { (id: Int) async throws -> User in User(id: id) }
                    }
                    """#
            )
        ),
        UserSnippet(
            "04 an actor whose init assigns the function",
            #"""
            actor S {
                @Cached(ttl: 60, key: { "u:\($0)" }) var user: @Sendable (Int) async throws -> User
                init(_ db: Database) { user = { try await db.user($0) } }
            }
            """#,
            .explained(
                "actor-isolated property 'user' can not be mutated from a nonisolated context",
                guide: "`init` cannot assign through",
                remedy: #"""
                    actor S {
                        let user: CachedFunction<Int, User>
                        init(_ db: Database) { user = cached(ttl: 60, key: { "u:\($0)" }) { try await db.user($0) } }
                    }
                    """#
            )
        ),
        UserSnippet(
            "05 a closure in place that uses self",
            #"""
            struct S: Sendable {
                let db = Database()
                @Cached(ttl: 60, key: { "u:\($0)" })
                var user = { (id: Int) async throws -> User in try await self.db.user(id) }
            }
            """#,
            .explained(
                "cannot find 'self' in scope",
                guide: "A closure in place cannot use `self`",
                remedy: #"""
                    struct S: Sendable {
                        let user: CachedFunction<Int, User>
                        init(_ db: Database) { user = cached(ttl: 60, key: { "u:\($0)" }, db.user) }
                    }
                    """#
            )
        ),
        UserSnippet(
            "06 a method",
            #"""
            struct S: Sendable {
                @Cached(ttl: 60, key: { "u:\($0)" }) func user(_ id: Int) async throws -> User { User(id: id) }
            }
            """#,
            .explained(
                "property wrapper attribute 'Cached' can only be applied to a property",
                guide: "`@Cached func user(...)` is not Swift",
                remedy: #"""
                    struct S: Sendable {
                        @Cached(ttl: 60, key: { "u:\($0)" }) var user = { (id: Int) async throws -> User in User(id: id) }
                    }
                    """#
            )
        ),
        UserSnippet(
            "07 a function type without @Sendable",
            #"""
            struct S: Sendable {
                @Cached(ttl: 60, key: { "u:\($0)" }) var user: (Int) async throws -> User
                init(_ db: Database) { user = { try await db.user($0) } }
            }
            """#,
            .explained(
                "converting non-Sendable function value to '@Sendable (Int) async throws -> User'",
                guide: "says `@Sendable` and `async throws`",
                remedy: #"""
                    struct S: Sendable {
                        @Cached(ttl: 60, key: { "u:\($0)" }) var user: @Sendable (Int) async throws -> User
                        init(_ db: Database) { user = { try await db.user($0) } }
                    }
                    """#
            )
        ),
        UserSnippet(
            "08 a function type without throws",
            #"""
            struct S: Sendable {
                @Cached(ttl: 60, key: { "u:\($0)" }) var user: @Sendable (Int) async -> User
                init(_ db: Database) { user = { User(id: $0) } }
            }
            """#,
            .explained(
                "'@Sendable (Int) async -> User' does not match 'wrappedValue' type",
                guide: "says `@Sendable` and `async throws`",
                remedy: #"""
                    struct S: Sendable {
                        @Cached(ttl: 60, key: { "u:\($0)" }) var user: @Sendable (Int) async throws -> User
                        init(_ db: Database) { user = { User(id: $0) } }
                    }
                    """#
            )
        ),
        UserSnippet(
            "09 a memberwise initializer with a closure",
            #"""
            struct S: Sendable { @Cached(ttl: 60, key: { "u:\($0)" }) var user: @Sendable (Int) async throws -> User }
            func f() { _ = S(user: { User(id: $0) }) }
            """#,
            .explained(
                "closure passed to parameter of type 'Cached<Int, User>' that does not accept a closure",
                guide: "an initializer that assigns the closure",
                remedy: #"""
                    struct S: Sendable {
                        @Cached(ttl: 60, key: { "u:\($0)" }) var user: @Sendable (Int) async throws -> User
                        init(user: @escaping @Sendable (Int) async throws -> User) { self.user = user }
                    }
                    func f() { _ = S(user: { User(id: $0) }) }
                    """#
            )
        ),
    ]
}
