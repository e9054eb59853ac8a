// SPDX-License-Identifier: Apache-2.0

extension UserSnippet {
    private static let memoryOnly = "The result is not Codable. Add 'codec: .memoryOnly'"

    static let onResults = [
        UserSnippet(
            "13 a result that is not Codable",
            #"""
            func f() async throws {
                let user = cached(ttl: 60, key: { "u:\($0)" }) { (id: Int) async -> Plain in Plain(id: id) }
                _ = try await user(1)
            }
            """#,
            .refused(
                memoryOnly,
                remedy: #"""
                    func f() async throws {
                        let user = cached(ttl: 60, key: { "u:\($0)" }, codec: .memoryOnly) { (id: Int) in Plain(id: id) }
                        _ = try await user(1)
                    }
                    """#
            )
        ),
        UserSnippet(
            "13 a result that is not Codable, with a static key",
            #"let f = cached(ttl: 60, key: "k") { Plain(id: 1) }"#,
            .refused(
                memoryOnly,
                remedy: #"func f() { _ = cached(ttl: 60, key: "k", codec: .memoryOnly) { Plain(id: 1) } }"#
            )
        ),
        UserSnippet(
            "14 a result of an annotated property that is not Codable",
            #"""
            struct S: Sendable {
                @Cached(ttl: 60, key: { "u:\($0)" }) var user: @Sendable (Int) async throws -> Plain
                init() { user = { Plain(id: $0) } }
            }
            """#,
            .refused(
                memoryOnly,
                remedy: #"""
                    struct S: Sendable {
                        @Cached(ttl: 60, key: { "u:\($0)" }, codec: .memoryOnly)
                        var user: @Sendable (Int) async throws -> Plain
                        init() { user = { Plain(id: $0) } }
                    }
                    """#
            )
        ),
        UserSnippet(
            "15 a function that returns nothing",
            #"""
            func f() async throws {
                let ping = cached(ttl: 60, key: { "u:\($0)" }) { (id: Int) async in print(id) }
                try await ping(1)
            }
            """#,
            .refused(
                memoryOnly,
                remedy: #"""
                    func f() async throws {
                        let ping = cached(ttl: 60, key: { "u:\($0)" }, codec: .memoryOnly) { (id: Int) async in print(id) }
                        try await ping(1)
                    }
                    """#
            )
        ),
        UserSnippet(
            "16 a tuple",
            #"""
            func f() async throws {
                let pair = cached(ttl: 60, key: { "u:\($0)" }) { (id: Int) async -> (Int, String) in (id, "") }
                _ = try await pair(1)
            }
            """#,
            .refused(
                memoryOnly,
                remedy: #"""
                    func f() async throws {
                        let pair = cached(ttl: 60, key: { "u:\($0)" }, codec: .memoryOnly) { (id: Int) in (id, "") }
                        _ = try await pair(1)
                    }
                    """#
            )
        ),
        UserSnippet(
            "39 an existential",
            #"""
            protocol Animal: Codable, Sendable {}
            func f() {
                _ = cached(ttl: 60, key: { "u:\($0)" }) { (id: Int) async throws -> any Animal in
                    throw CancellationError()
                }
            }
            """#,
            .refused(
                memoryOnly,
                remedy: #"""
                    protocol Animal: Codable, Sendable {}
                    func f() {
                        _ = cached(ttl: 60, key: { "u:\($0)" }, codec: .memoryOnly) { (id: Int) throws -> any Animal in
                            throw CancellationError()
                        }
                    }
                    """#
            )
        ),
    ]
}
