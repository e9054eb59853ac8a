// SPDX-License-Identifier: Apache-2.0

import Testing

/// Declarations that do not compile, and their errors.
///
/// Each rejected snippet differs from an accepted one only in its mistake.
@Suite(
    .serialized,
    .enabled(if: Snippet.canCheck, "swiftc or the modules of this build were not found")
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

    @Test func `a property of an async function type can be cached`() throws {
        let result = try property("@Sendable () async throws -> Int").check()
        #expect(result.status == 0, "\(result.output)")
    }

    @Test func `a property of a synchronous function type cannot be cached`() throws {
        let result = try property("@Sendable () throws -> Int").check()
        #expect(result.status != 0)
        #expect(result.output.contains("4:36: error:"), "\(result.output)")
        #expect(result.output.contains("async"), "\(result.output)")
    }

    @Test func `a property that is no function cannot be cached`() throws {
        let result = try property("Int").check()
        #expect(result.status != 0)
        #expect(result.output.contains("property type 'Int' does not match"), "\(result.output)")
    }

    @Test func `a cached function is called with await`() throws {
        let result = try wrapped("cached(ttl: 60) { (id: Int) async in id * 2 }", "try f(1)").check()
        #expect(result.status != 0)
        #expect(result.output.contains("'async' but is not marked with 'await'"), "\(result.output)")
    }
}
