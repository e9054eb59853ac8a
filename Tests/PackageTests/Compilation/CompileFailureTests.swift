// SPDX-License-Identifier: Apache-2.0

import Testing

/// Declarations that must not compile, and the errors that say why.
///
/// Each rejected snippet differs from an accepted one in nothing but what is wrong with it.
@Suite(
    .serialized,
    .enabled(if: Snippet.canCheck, "swiftc is not installed, or this build keeps its modules elsewhere")
)
struct CompileFailureTests {
    private func wrapped(_ declaration: String, _ call: String) -> Snippet {
        Snippet(source: "let f = \(declaration)\nfunc use() async throws -> Int { \(call) }")
    }

    private func property(_ declaration: String) -> Snippet {
        Snippet(source: "struct Service {\n    @Cached(ttl: 60, key: \"k\") var f: \(declaration)\n}")
    }

    @Test(arguments: [
        (#"cached(ttl: 60, key: { "k:\($0)" }) { (id: Int) async in id * 2 }"#, "try await f(1)"),
        (#"cached(ttl: 60, key: "k") { () async in 2 }"#, "try await f()"),
        (#"cached(ttl: 60) { (id: Int) async in id * 2 }"#, "try await f(1)"),
        (#"cached(ttl: 60, tags: .from { ["t:\($0)"] }) { (id: Int) async in id * 2 }"#, "try await f(1)"),
        (#"cached(ttl: 60, codec: .json) { (id: Int) async in id * 2 }"#, "try await f(1)"),
        (#"cached(ttl: 60, key: { "k:\($0)" }) { (id: Int) in id * 2 }"#, "try await f(1)"),
        (#"cached(ttl: 60, key: "k") { 2 }"#, "try await f()"),
        (#"cached(ttl: 60) { (id: Int) in id * 2 }"#, "try await f.peek(1) ?? 0"),
    ])
    func `closures can be wrapped, with await in them or without`(declaration: String, call: String) throws {
        let result = try wrapped(declaration, call).check()
        #expect(result.status == 0, "\(result.output)")
        #expect(result.output == "")
    }

    @Test func propertiesOfAsyncFunctionTypeCanBeCached() throws {
        let result = try property("@Sendable () async throws -> Int").check()
        #expect(result.status == 0, "\(result.output)")
    }

    @Test func propertiesOfSynchronousFunctionTypeCannotBeCached() throws {
        let result = try property("@Sendable () throws -> Int").check()
        #expect(result.status != 0)
        #expect(result.output.contains("4:36: error:"), "\(result.output)")
        #expect(result.output.contains("async"), "\(result.output)")
    }

    @Test func propertiesThatAreNoFunctionsCannotBeCached() throws {
        let result = try property("Int").check()
        #expect(result.status != 0)
        #expect(result.output.contains("property type 'Int' does not match"), "\(result.output)")
    }

    @Test func cachedFunctionsAreCalledWithAwait() throws {
        let result = try wrapped("cached(ttl: 60) { (id: Int) async in id * 2 }", "try f(1)").check()
        #expect(result.status != 0)
        #expect(result.output.contains("'async' but is not marked with 'await'"), "\(result.output)")
    }

    private static let types = """
        struct User: Codable, Sendable { var id: Int }
        struct Plain: Sendable { var id: Int }

        """

    @Test(arguments: [
        (
            #"let f = cached(ttl: 60, key: { "k:\($0)" }) { (id: Int) async in Plain(id: id) }"#,
            #"let f = cached(ttl: 60, key: { "k:\($0)" }, codec: .memoryOnly) { (id: Int) async in Plain(id: id) }"#,
            "The result is not Codable. Add 'codec: .memoryOnly'"
        ),
        (
            #"let f = cached(ttl: 60, key: "k") { Plain(id: 1) }"#,
            #"let f = cached(ttl: 60, key: "k", codec: .memoryOnly) { Plain(id: 1) }"#,
            "The result is not Codable. Add 'codec: .memoryOnly'"
        ),
        (
            #"let f = cached(ttl: 60, key: { "k:\($0)" }) { (id: Int) async in print(id) }"#,
            #"let f = cached(ttl: 60, key: { "k:\($0)" }, codec: .memoryOnly) { (id: Int) async in print(id) }"#,
            "The result is not Codable. Add 'codec: .memoryOnly'"
        ),
        (
            #"struct S { @Cached(ttl: 60, key: { "k:\($0)" }) var f: @Sendable (Int) async throws -> Plain }"#,
            """
            struct S { @Cached(ttl: 60, key: { "k:\\($0)" }, codec: .memoryOnly) \
            var f: @Sendable (Int) async throws -> Plain }
            """,
            "The result is not Codable. Add 'codec: .memoryOnly'"
        ),
        (
            #"let f = cached(ttl: 60) { (plain: Plain) async in 2 }"#,
            #"let f = cached(ttl: 60, key: { "k:\($0.id)" }) { (plain: Plain) async in 2 }"#,
            "An argument or the result is not Codable. Build the key"
        ),
        (
            #"struct S { @Cached(ttl: 60) var f: @Sendable (Plain) async throws -> Int }"#,
            #"struct S { @Cached(ttl: 60, key: { "k:\($0.id)" }) var f: @Sendable (Plain) async throws -> Int }"#,
            "An argument or the result is not Codable. Build the key"
        ),
        (
            #"let f = cached(ttl: 60, key: { "k:\($0)" }) { (id: Int, page: Int) async in User(id: id) }"#,
            #"let f = cached(ttl: 60, key: { id, _ in "k:\(id)" }) { (id: Int, page: Int) async in User(id: id) }"#,
            #"The key closure must take every argument of the function: { id, _ in "users:\(id)" }"#
        ),
        (
            #"let f = cached(ttl: 60, key: { "k:\($0)" }, name: "f") { (id: Int) async in User(id: id) }"#,
            #"let f = cached(ttl: 60, name: "f") { (id: Int) async in User(id: id) }"#,
            "A name is for keys that are derived from the arguments. Leave out 'name:' or 'key:'."
        ),
        (
            #"let f = cached(ttl: 60, key: "k") { (id: Int) async in User(id: id) }"#,
            #"let f = cached(ttl: 60, key: { "k:\($0)" }) { (id: Int) async in User(id: id) }"#,
            #"A static key is for functions without arguments. Build it from them: key: { "users:\($0)" }."#
        ),
    ])
    func `an error names the remedy, which compiles`(refused: String, accepted: String, message: String) throws {
        let result = try Snippet(source: Self.types + refused).check()
        #expect(result.status != 0)
        #expect(result.output.contains(message), "\(result.output)")
        let remedy = try Snippet(source: Self.types + accepted).check()
        #expect(remedy.status == 0, "\(remedy.output)")
    }
}
