// SPDX-License-Identifier: Apache-2.0

extension UserSnippet {
    static let onArguments = [
        UserSnippet(
            "18 a derived key from an argument that is not Encodable",
            #"""
            func f() async throws {
                let search = cached(ttl: 60, name: "search") { (q: Query) async -> [User] in [] }
                _ = try await search(Query(text: ""))
            }
            """#,
            .refused(
                "An argument or the result is not Codable. Build the key",
                remedy: #"""
                    func f() async throws {
                        let search = cached(ttl: 60, key: { "search:\($0.text)" }) { (q: Query) async -> [User] in [] }
                        _ = try await search(Query(text: ""))
                    }
                    """#
            )
        ),
        UserSnippet(
            "19 a derived key of an annotated property, the same",
            #"""
            struct S: Sendable {
                @Cached(ttl: 60) var search: @Sendable (Query) async throws -> [User]
                init() { search = { _ in [] } }
            }
            """#,
            .refused(
                "An argument or the result is not Codable. Build the key",
                remedy: #"""
                    struct S: Sendable {
                        @Cached(ttl: 60, key: { "search:\($0.text)" })
                        var search: @Sendable (Query) async throws -> [User]
                        init() { search = { _ in [] } }
                    }
                    """#
            )
        ),
        UserSnippet(
            "20 labels of arguments",
            #"""
            func f() async throws {
                @Sendable func find(id: Int, page: Int) async throws -> [User] { [] }
                let g = cached(ttl: 60, key: { "u:\($0):\($1)" }, find)
                _ = try await g(id: 1, page: 2)
            }
            """#,
            .explained(
                "extra argument 'page' in call",
                guide: "Labels of arguments are lost",
                remedy: #"""
                    func f() async throws {
                        @Sendable func find(id: Int, page: Int) async throws -> [User] { [] }
                        let g = cached(ttl: 60, key: { "u:\($0):\($1)" }, find)
                        _ = try await g(1, 2)
                    }
                    """#
            )
        ),
        UserSnippet(
            "21 a key and a name",
            #"""
            func f() { _ = cached(ttl: 60, key: { "u:\($0)" }, name: "user") { (id: Int) async in User(id: id) } }
            """#,
            .refused(
                "Leave out 'name:' or 'key:'.",
                remedy: #"func f() { _ = cached(ttl: 60, name: "user") { (id: Int) async in User(id: id) } }"#
            )
        ),
        UserSnippet(
            "28 a static key of a function with arguments",
            #"func f() { _ = cached(ttl: 60, key: "users") { (id: Int) async -> User in User(id: id) } }"#,
            .refused(
                #"Build it from them: key: { "users:\($0)" }."#,
                remedy: #"func f() { _ = cached(ttl: 60, key: { "users:\($0)" }) { (id: Int) in User(id: id) } }"#
            )
        ),
        UserSnippet(
            "29 tags from a closure",
            #"""
            func f() {
                _ = cached(ttl: 60, key: { "u:\($0):\($1)" }, tags: { ["u:\($0)"] }) { (id: Int, page: Int) async in
                    User(id: id)
                }
            }
            """#,
            .explained(
                "parameter of type 'CacheTags<Int, Int>' that does not accept a closure",
                guide: "the closure of `tags: .from`",
                remedy: #"""
                    func f() {
                        _ = cached(ttl: 60, key: { "u:\($0):\($1)" }, tags: .from { id, _ in ["u:\(id)"] }) {
                            (id: Int, page: Int) in User(id: id)
                        }
                    }
                    """#
            )
        ),
        UserSnippet(
            "29 tags from one of two arguments",
            #"""
            func f() {
                _ = cached(ttl: 60, key: { "u:\($0):\($1)" }, tags: .from { ["u:\($0)"] }) { (id: Int, page: Int) async in
                    User(id: id)
                }
            }
            """#,
            .explained(
                "have the same shape",
                guide: "takes every argument of the function",
                remedy: #"""
                    func f() {
                        _ = cached(ttl: 60, key: { "u:\($0):\($1)" }, tags: .from { id, _ in ["u:\(id)"] }) {
                            (id: Int, page: Int) in User(id: id)
                        }
                    }
                    """#
            )
        ),
        UserSnippet(
            "30 a key from one of two arguments",
            #"func f() { _ = cached(ttl: 60, key: { "u:\($0)" }) { (id: Int, page: Int) async in User(id: id) } }"#,
            .refused(
                #"The key closure must take every argument of the function: { id, _ in "users:\(id)" }"#,
                remedy: #"""
                    func f() {
                        _ = cached(ttl: 60, key: { id, _ in "u:\(id)" }) { (id: Int, page: Int) in User(id: id) }
                    }
                    """#
            )
        ),
        UserSnippet(
            "30 a key of an annotated property, the same",
            #"struct S { @Cached(ttl: 60, key: { "u:\($0)" }) var user: @Sendable (Int, Int) async throws -> User }"#,
            .explained(
                "have the same shape",
                guide: "takes every argument of the function",
                remedy: #"""
                    struct S {
                        @Cached(ttl: 60, key: { id, _ in "u:\(id)" })
                        var user: @Sendable (Int, Int) async throws -> User
                    }
                    """#
            )
        ),
        UserSnippet(
            "41 a closure as argument",
            #"""
            func f() {
                _ = cached(ttl: 60, key: { a, _ in "u:\(a)" }) { (id: Int, done: @Sendable () -> Void) async in
                    User(id: id)
                }
            }
            """#,
            .refused(
                "converting non-escaping value to '@Sendable () -> Void' may allow it to escape",
                remedy: #"""
                    func f() {
                        _ = cached(ttl: 60, key: { a, _ in "u:\(a)" }) { (id: Int, done: @escaping @Sendable () -> Void) in
                            User(id: id)
                        }
                    }
                    """#
            )
        ),
        UserSnippet(
            "50 a key closure that throws",
            #"""
            @Sendable func makeKey(_ id: Int) throws -> String { "" }
            func f(_ db: Database) { _ = cached(ttl: 60, key: { try makeKey($0) }, db.user) }
            """#,
            .refused("to non-throwing function type '@Sendable (Int) -> String'")
        ),
    ]
}
