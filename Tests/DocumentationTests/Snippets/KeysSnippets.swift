// SPDX-License-Identifier: Apache-2.0

import Caching
import Foundation
import Testing

func brieflyCached<Value: Codable & Sendable>(
    fileID: String = #fileID,
    line: Int = #line,
    column: Int = #column,
    _ load: @escaping @Sendable (Int) async throws -> Value
) -> CachedFunction<Int, Value> {
    cached(ttl: 5, fileID: fileID, line: line, column: column, load)
}

@Suite("The code in Keys.md")
struct KeysSnippets {
    @Test func aHelperPassesOnThePlaceOfItsCall() async throws {
        try await withCacheManager(CacheManager()) {
            let double = brieflyCached { (number: Int) async in number * 2 }
            let triple = brieflyCached { (number: Int) async in number * 3 }
            let results = (try await double(5), try await triple(5))
            #expect(results == (10, 15))
        }
    }

    @Test func theThreeKindsOfKeys() async throws {
        let database = Database()
        try await withCacheManager(CacheManager(prefix: "shop", version: "v2")) {
            let users = cached(ttl: 300, key: "users:all") { try await database.users() }
            let user = cached(ttl: 600, key: { "users:\($0)" }) { (id: Int) in try await database.user(id) }
            let search = cached(ttl: 120, name: "search") { (text: String, page: Int) in
                try await database.search(text, page: page)
            }

            print(try users.key())  // shop:v2:users:all
            print(try user.key(for: 42))  // shop:v2:users:42
            print(try search.key(for: "a:b", 1))

            #expect(try users.key() == "shop:v2:users:all")
            #expect(try user.key(for: 42) == "shop:v2:users:42")
            let key = try search.key(for: "a:b", 1)
            #expect(key == "shop:v2:search:0a5135e8112c0ec6f28a71809a6c3343")
            #expect(try Repository.text("Documentation/Keys.md").contains(key))
        }
    }

    @Test func `the key of a function without a name begins with its place`() async throws {
        try await withCacheManager(CacheManager()) {
            let search = cached { (text: String) async -> Int in text.count }
            let key = try search.key(for: "a")
            #expect(key.hasPrefix("DocumentationTests/KeysSnippets.swift#"))
        }
    }

    @Test func partsAreEscaped() throws {
        let users = Cache<User>(namespace: "eu:users", version: "v1")
        print(users.key(for: "100%"))  // v1:eu%3Ausers:100%25

        #expect(users.key(for: "100%") == "v1:eu%3Ausers:100%25")
    }

    @Test func patternsMatchBytes() {
        #expect(KeyPattern("users:*").matches("users:42:posts"))
        #expect(KeyPattern("users:*:posts").matches("users:42:posts"))
        #expect(KeyPattern("users:*").matches("users:"))
        #expect(!KeyPattern("users:*").matches("Users:42"))
        #expect(!KeyPattern("users:?").matches("users:4"))
        #expect(KeyPattern("users:[1]*").matches("users:[1]2"))
    }

    /// Compares the function for other languages with the library, if there is a Python.
    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/python3")))
    func theFunctionInPythonGivesTheSameKeys() async throws {
        let code = try #require(try Repository.document("Documentation/Keys.md").blocks("python").first?.text)
        let calls = """
            print(key("search", "a:b", 1))
            print(key("f", -0.0, float("nan"), 1.5, None, True))
            print(key("f", ["x", None], {"b": 1, "a": 2}, {3, -1, 20}))
            print(key("a:b", "日本"))
            """
        try await withCacheManager(CacheManager()) {
            let search = cached(name: "search") { (_: String, _: Int) async -> Int in 0 }
            let scalars = cached(name: "f") { (_: Double, _: Double, _: Float, _: Int?, _: Bool) async -> Int in 0 }
            let containers = cached(name: "f") { (_: [String?], _: [String: Int], _: Set<Int>) async -> Int in 0 }
            let text = cached(name: "a:b") { (_: String) async -> Int in 0 }
            let expected = [
                try search.key(for: "a:b", 1),
                try scalars.key(for: -0.0, .nan, 1.5, nil, true),
                try containers.key(for: ["x", nil], ["b": 1, "a": 2], [3, -1, 20]),
                try text.key(for: "日本"),
            ]
            #expect(try Self.python(code + "\n" + calls) == expected)
        }
    }

    private static func python(_ program: String) throws -> [String] {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = ["-c", program]
        process.standardOutput = output
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
