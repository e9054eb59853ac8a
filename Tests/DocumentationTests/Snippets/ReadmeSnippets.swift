// SPDX-License-Identifier: Apache-2.0

import Caching
import Testing

@Suite("The code in README.md")
struct ReadmeSnippets {
    @Test func theProgramPrintsWhatTheDocumentShows() async throws {
        let lines = try await withCacheManager(CacheManager()) { try await Output.of(program) }
        let document = try Repository.document("README.md")
        #expect(lines == document.blocks("text").first?.lines)
    }

    private func program() async throws {
        typealias CacheManager = CheckedConfiguration

        struct Weather: Sendable {
            @Cached(ttl: 60, key: { "forecast:\($0)" })
            var forecast = { (city: String) async throws -> String in
                print("asking the source about \(city)")
                return "sunny in \(city)"
            }
        }

        try await CacheManager.configure()  // once, at startup
        let weather = Weather()

        async let first = weather.forecast("Oslo")
        async let second = weather.forecast("Oslo")  // waits for the load of the first
        print(try await first, try await second, separator: ", ")
        print(try await weather.forecast("Oslo"))  // a hit
        try await weather.$forecast.invalidate("Oslo")
        print(try await weather.forecast("Oslo"))  // loaded again
    }

    @Test func functionsWhereNoWrapperCanBe() async throws {
        try await withCacheManager(CacheManager()) {
            let directory = UserDirectory(database: Database())
            let user = try await directory.user(42)
            #expect(user?.name == "Grace")
            #expect(try await directory.user.peek(42) == .some(user))
        }
    }
}

actor UserDirectory {
    let user: CachedFunction<Int, User?>

    init(database: Database) {
        user = cached(ttl: 600, key: { "users:\($0)" }) { id in try await database.user(id) }
    }
}
