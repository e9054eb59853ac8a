// SPDX-License-Identifier: Apache-2.0

extension UserSnippet {
    static let onFunctions = [
        UserSnippet(
            "10 a typed error",
            #"""
            enum E: Error { case bad }
            func f() { _ = cached(ttl: 60, key: { "u:\($0)" }) { (id: Int) async throws(E) -> User in throw .bad } }
            """#,
            .stopsTheCompiler(guide: "reabstraction of pack values")
        ),
        UserSnippet(
            "11 a closure without await, used with peek",
            #"""
            func f() async throws {
                let user = cached(ttl: 60, key: { "u:\($0)" }) { (id: Int) in User(id: id) }
                _ = try await user.peek(1)
            }
            """#,
            .compiles
        ),
        UserSnippet(
            "12 a closure without await, called",
            #"""
            func f() async throws {
                let user = cached(ttl: 60, key: { "u:\($0)" }) { (id: Int) in User(id: id) }
                _ = try await user(1)
            }
            """#,
            .compiles
        ),
        UserSnippet(
            "17 a closure that captures a class that is not Sendable",
            #"""
            final class Repository {
                var loads = 0
                lazy var user = cached(ttl: 60, key: { "u:\($0)" }) { (id: Int) async -> User in
                    self.loads += 1
                    return User(id: id)
                }
            }
            """#,
            .refused(
                "capture of 'self' with non-Sendable type 'Repository' in a '@Sendable' closure",
                remedy: #"""
                    final class Repository: Sendable {
                        let loads = Mutex(0)
                        func load(_ id: Int) -> User {
                            loads.withLock { $0 += 1 }
                            return User(id: id)
                        }
                    }
                    struct Repositories: Sendable {
                        let user: CachedFunction<Int, User>
                        init(_ repository: Repository) {
                            user = cached(ttl: 60, key: { "u:\($0)" }) { repository.load($0) }
                        }
                    }
                    """#
            )
        ),
        UserSnippet(
            "40 a variadic function",
            #"""
            @Sendable func sum(_ n: Int...) async -> Int { 0 }
            func f() { _ = cached(ttl: 60, key: { "u:\($0)" }, sum) }
            """#,
            .stopsTheCompiler(guide: "variadic function crashes the compiler")
        ),
        UserSnippet(
            "51 a cached function as a closure",
            #"""
            func f(_ db: Database) {
                let g: @Sendable (Int) async throws -> User = cached(ttl: 60, key: { "u:\($0)" }, db.user)
                _ = g
            }
            """#,
            .explained(
                "cannot convert value of type 'CachedFunction<Int, User>'",
                guide: "pass its `callAsFunction`",
                remedy: #"""
                    func f(_ db: Database) {
                        let user = cached(ttl: 60, key: { "u:\($0)" }, db.user)
                        let g: @Sendable (Int) async throws -> User = user.callAsFunction
                        _ = g
                    }
                    """#
            )
        ),
    ]
}
