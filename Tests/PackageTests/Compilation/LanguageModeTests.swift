// SPDX-License-Identifier: Apache-2.0

import Testing

@Suite(
    "The first example of each guide, in each language mode",
    .enabled(if: Snippet.canCheck, "swiftc or the modules of this build were not found")
)
struct LanguageModeTests {
    /// The values and functions that the examples use.
    private static let names = """
        nonisolated let database = Database()
        nonisolated let path = "cache"
        nonisolated func render(_ path: String) async throws -> String { path }
        let service = UserService(database: database)
        let users = Cache<User>(namespace: "users")

        // The declarations of swift-service-lifecycle in Services.md.
        nonisolated protocol Service: Sendable { func run() async throws }
        nonisolated func cancelWhenGracefulShutdown(_ operation: @escaping @Sendable () async -> Void) async {}

        """

    /// The declarations that the examples use, of which the results are not isolated.
    private static func standIns() throws -> String {
        let shop = try Repository.text("Tests/DocumentationTests/Snippets/Shop.swift")
            .replacing(#/(?m)^(?:struct|final class) /#) { "nonisolated \($0.output)" }
        return "import Caching\n" + shop + names
    }

    @Test(arguments: LanguageMode.allCases)
    func `the first examples compile`(mode: LanguageMode) throws {
        let blocks = try Repository.guides.compactMap { try FirstBlock(of: $0) }
        var files = ["StandIns": try Self.standIns()]
        for block in blocks { files[block.name] = block.source(in: mode) }
        let result = try Snippet.check(files, options: ["-suppress-warnings"] + mode.options)
        #expect(result.status == 0, "\(result.output)")
    }

    @Test func `a guide explains the attribute that its example needs`() throws {
        for block in try Repository.guides.compactMap({ try FirstBlock(of: $0) }) where block.hasFunctionType {
            #expect(try block.isExplained, "\(block.document) does not say where the type needs '@concurrent'")
        }
    }

    @Test(arguments: LanguageMode.allCases)
    func `the options select the mode`(mode: LanguageMode) throws {
        let isolated = "@MainActor func isolated() {}\nfunc call() { isolated() }"
        let property = "struct Service { @Cached(ttl: 60) var f: @Sendable (Int) async throws -> Int }"
        for (source, compiles) in [(isolated, mode.isMainActor), (property, !mode.isNonsending)] {
            let result = try Snippet.check(["Snippet": "import Caching\n\n\(source)\n"], options: mode.options)
            #expect((result.status == 0) == compiles, "\(result.output)")
        }
    }
}
