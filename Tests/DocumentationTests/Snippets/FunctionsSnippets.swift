// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import Testing

struct Articles: Sendable {
    // In place: the function needs nothing of the type it is declared in.
    @Cached(ttl: 60, key: { "headlines:\($0)" })
    var headlines = { (section: String) async throws -> [String] in ["\(section): nothing new"] }

    // From outside: any async function, here a method of a dependency.
    let author: CachedFunction<Int, User?>

    // As a value: `cached(...)` around a closure.
    let newest: CachedFunction<[User]>

    init(database: Database) {
        author = cached(ttl: 600, key: { "authors:\($0)" }, database.user)
        newest = cached(ttl: 60, key: "authors:newest", tags: ["authors"]) { try await database.users() }
    }
}

protocol Authors: Sendable {
    func author(_ id: Int) async throws -> User?
}

struct CachedAuthors: Authors {
    private let cachedAuthor: CachedFunction<Int, User?>

    init(_ inner: some Authors) { cachedAuthor = cached(ttl: 600, key: { "authors:\($0)" }, inner.author) }

    func author(_ id: Int) async throws -> User? { try await cachedAuthor(id) }
}

struct DatabaseAuthors: Authors {
    let database: Database

    func author(_ id: Int) async throws -> User? { try await database.user(id) }
}

actor AuthorDirectory {
    private let entries = Cache<User?>(namespace: "authors", ttl: .minutes(10))
    private let database: Database
    private var lookups = 0

    init(database: Database) { self.database = database }

    func author(_ id: Int) async throws -> User? {
        lookups += 1
        return try await entries.getOrSet("\(id)") { [database] in try await database.user(id) }
    }
}

struct Profiles: Sendable {
    @Cached(ttl: 600, key: { "users:\($0)" })
    var user: @concurrent @Sendable (Int) async throws -> User?

    init(database: Database) { user = { try await database.user($0) } }
}

@Suite("The code in Functions.md", .cacheManager)
struct FunctionsSnippets {
    private let database = Database()

    @Test func `each form caches`() async throws {
        let articles = Articles(database: database)
        for _ in 0..<2 {
            #expect(try await articles.headlines("sport") == ["sport: nothing new"])
            #expect(try await articles.author(42)?.name == "Grace")
            #expect(try await articles.newest().count == 2)
        }
        #expect(database.queries == 2)
    }

    @Test func `a decorator and an actor cache a method`() async throws {
        let authors = CachedAuthors(DatabaseAuthors(database: database))
        let directory = AuthorDirectory(database: database)
        let profiles = Profiles(database: database)
        for _ in 0..<2 {
            #expect(try await authors.author(42)?.name == "Grace")
            #expect(try await directory.author(42)?.name == "Grace")
            #expect(try await profiles.user(42)?.name == "Grace")
        }
        #expect(database.queries == 2)
    }

    @Test func `a key ignores an argument`() async throws {
        let search = cached(
            ttl: 60,
            key: { text, _ in "search:\(text)" },
            tags: .from { text, _ in ["search", "text:\(text)"] }
        ) { (text: String, traceID: Int) in
            try await database.search(text, page: 1)
        }
        _ = try await search("A", 1)
        _ = try await search("A", 2)
        #expect(database.queries == 1)
    }

    @Test func `variables are converted`() async throws {
        let seconds = 90
        let names = ["users", "admins"]
        let all = cached(ttl: TTL(seconds), key: "users", tags: CacheTags(names)) { try await database.users() }
        _ = try await all()
        #expect(try await cache.ttl(of: "users") == 90)
        try await cache.invalidate(tag: "admins")
        #expect(try await all.peek() == nil)
    }

    @Test func `a function is passed as a closure`() async throws {
        let user = cached(ttl: 600, key: { "users:\($0)" }, database.user)
        let load: @Sendable (Int) async throws -> User? = user.callAsFunction
        _ = try await load(1)
        _ = try await load(1)
        #expect(database.queries == 1)
    }

    @Test func `a result that is not Codable is cached in memory`() async throws {
        let manager = CacheManager()
        try await withCacheManager(manager) {
            struct Rendered: Sendable { let text: String }

            let page = cached(ttl: 60, key: { "pages:\($0)" }, codec: .memoryOnly) { (path: String) in
                Rendered(text: path)
            }
            _ = try await page("a")
            #expect(try await page("a").text == "a")
        }
        #expect(manager.statistics.loads == 1)
    }
}
