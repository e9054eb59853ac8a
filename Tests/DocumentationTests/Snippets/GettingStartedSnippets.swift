// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import Testing

struct UserService: Sendable {
    @Cached(ttl: 300, key: "users:all", tags: ["users"])
    var allUsers: @Sendable () async throws -> [User]

    @Cached(ttl: 600, key: { "users:\($0)" }, tags: .from { ["users", "user:\($0)"] })
    var user: @Sendable (Int) async throws -> User?

    @Cached(ttl: .minutes(2), tags: ["users"], name: "search")
    var search: @Sendable (String, Int) async throws -> [User]

    private let database: Database

    init(database: Database) {
        self.database = database
        allUsers = { try await database.users() }
        user = { try await database.user($0) }
        search = { text, page in try await database.search(text, page: page) }
    }

    func rename(_ id: Int, to name: String) async throws {
        try await database.rename(id, to: name)
        try await cache.invalidate(tag: "users")
    }
}

struct TenantService: Sendable {
    let search: CachedFunction<String, [User]>

    init(tenant: String, database: Database) {
        search = cached(ttl: .minutes(2), name: "search", scope: tenant) { (text: String) in
            try await database.search(text, page: 1)
        }
    }
}

@Suite("The code in GettingStarted.md")
struct GettingStartedSnippets {
    @Test func aScopeKeepsTheEntriesOfTenantsApart() async throws {
        try await withCacheManager(CacheManager()) {
            let databases = [Database(), Database()]
            let services = databases.enumerated().map { TenantService(tenant: "tenant \($0)", database: $1) }
            for service in services + services { _ = try await service.search("Ada") }
            #expect(databases.map(\.queries) == [1, 1])
        }
    }

    @Test func theServiceAsksItsDatabaseOncePerKey() async throws {
        try await withCacheManager(CacheManager()) {
            let database = Database()
            let service = UserService(database: database)
            for _ in 1...3 {
                #expect(try await service.user(42)?.name == "Grace")
                #expect(try await service.allUsers().count == 2)
                #expect(try await service.search("Ada", 1).map(\.id) == [1])
                #expect(try await service.user(7) == nil)
            }
            #expect(database.queries == 4)
            try await service.rename(42, to: "Rear Admiral Grace")
            #expect(try await service.user(42)?.name == "Rear Admiral Grace")
        }
    }

    @Test func configurations() async throws {
        typealias CacheManager = CheckedConfiguration

        let manager = try await CacheManager.configure([
            "default": ["driver": "memory", "ttl": 300, "capacity": 50_000],
            "sessions": ["ttl": "30m", "jitter": 0.1],
        ])
        #expect(manager.names == ["default", "sessions"])

        try await CacheManager.configure(.environment(over: ["default": ["ttl": 60]]))

        let lifetime = Duration.seconds(90)
        let prefix = "shop"
        try await CacheManager.configure(["default": ["ttl": lifetime, "prefix": prefix, "timeout": "250ms"]])
    }

    @Test func allMistakesAreReportedAtOnce() async throws {
        let configuration: CacheConfiguration = [
            "default": ["ttl": "5 minutes", "jiter": 0.1], "sessions": ["driver": "disk"],
        ]
        let error = await #expect(throws: CacheConfigurationError.self) { try await CacheManager.make(configuration) }
        let document = try Repository.document("Documentation/GettingStarted.md")
        #expect(error.map { "\($0)" } == document.blocks("text").first?.text)
    }

    @Test func theHigherOrderForm() async throws {
        let database = Database()
        try await withCacheManager(CacheManager()) {
            let user = cached(ttl: 600, key: { "users:\($0)" }) { (id: Int) in try await database.user(id) }

            let grace = try await user(42)  // loads
            let again = try await user(42)  // a hit
            let inCache = try await user.peek(42)  // the cached result, without loading
            let renewed = try await user.refresh(42)  // loads and stores
            try await user.prime(nil, for: 7)  // stores without loading
            try await user.invalidate(42)  // removes the entry
            let key = try user.key(for: 42)  // "users:42"

            #expect([grace, again, renewed].allSatisfy { $0?.name == "Grace" })
            #expect(inCache == .some(grace))
            #expect(key == "users:42")
            #expect(try await user.peek(7) == .some(nil))
            #expect(try await user.peek(42) == nil)
            #expect(database.queries == 2)
        }
    }

    @Test func theManagerAndATypedNamespace() async throws {
        try await withCacheManager(CacheManager()) {
            let database = Database()

            try await cache.set("motd", "Welcome", ttl: 600, tags: ["texts"])
            let text: String? = try await cache.get("motd")

            let users = Cache<User?>(namespace: "users", ttl: .minutes(10), jitter: 0.1, version: "v1")
            let user = try await users.getOrSet("42") { try await database.user(42) }

            #expect(text == "Welcome")
            #expect(user?.name == "Grace")
            #expect(users.key(for: "42") == "v1:users:42")
        }
    }

    @Test func aLoadDecidesAboutItsOwnResult() async throws {
        struct Token: Codable, Sendable {
            let text: String
            let secondsLeft: Int
        }
        @Sendable func issueToken(_ user: Int) async throws -> Token { Token(text: "t\(user)", secondsLeft: 20) }
        let backend = RecordingBackend()
        try await withCacheManager(CacheManager(backend: backend)) {
            let token = cached(ttl: 60, key: { "tokens:\($0)" }) { (user: Int) in
                let token = try await issueToken(user)
                LoadContext.current?.ttl = .seconds(token.secondsLeft - 5)
                return token
            }
            _ = try await token(1)
            try backend.expectSet("tokens:1", ttl: .seconds(15))
        }
    }

    @Test func policies() async throws {
        let clock = ManualClock()
        try await withCacheManager(CacheManager(backend: MemoryBackend(clock: clock), clock: clock)) {
            let database = Database()

            let policy = CachePolicy(
                jitter: 0.1,  // 540 to 660 s instead of 600
                nilPolicy: .cacheFor(30),  // a missing user is loaded again after 30 s
                staleWhileRevalidate: .seconds(60),  // a stale value answers, and is renewed in the background
                staleIfError: .seconds(3600),  // a stale value answers when the load fails
                loadTimeout: .seconds(10),  // a load that takes longer has failed
                pauseAfterFailure: .seconds(15)  // the time before a failed load is tried again
            )
            let user = cached(ttl: 600, key: { "users:\($0)" }, policy: policy) { (id: Int) in
                try await database.user(id)
            }

            _ = try await user(7)
            clock.advance(by: .seconds(20))
            _ = try await user(7)
            #expect(database.queries == 1)
        }
    }

    @Test func resultsThatAreNotKept() async throws {
        let database = Database()
        try await withCacheManager(CacheManager()) {
            let search = cached(ttl: 60, skip: { $0.isEmpty }, name: "search") { (text: String) in
                try await database.search(text, page: 1)
            }
            _ = try await search("nobody")
            _ = try await search("nobody")
            #expect(database.queries == 2)
        }
    }

    @Test func resultsAsCBOR() async throws {
        let database = Database()
        let backend = RecordingBackend(storage: .bytes)
        try await withCacheManager(CacheManager(backend: backend)) {
            let user = cached(key: { "users:\($0)" }, codec: .cbor) { (id: Int) in try await database.user(id) }
            let loaded = try await user(42)
            let found = try await user(42)
            #expect(loaded?.name == found?.name && database.queries == 1)
        }
    }

    @Test func resultsWithACodec() async throws {
        struct Thumbnail: Sendable {
            let bytes: [UInt8]
        }
        try await withCacheManager(CacheManager(backend: RecordingBackend(storage: .bytes))) {
            let thumbnail = cached(
                ttl: .hours(1),
                key: { "thumbnails:\($0)" },
                codec: CacheCodec(encode: { $0.bytes }, decode: { Thumbnail(bytes: $0) })
            ) { (id: Int) async -> Thumbnail in Thumbnail(bytes: [UInt8(id)]) }
            let loaded = try await thumbnail(7)
            let found = try await thumbnail(7)
            #expect(loaded.bytes == [7] && found.bytes == [7])
        }
    }

    @Test func namedCaches() async throws {
        let database = Database()
        let manager = CacheManager(named: ["sessions": MemoryBackend()])
        try await withCacheManager(manager) {
            let session = cached(key: { "user:\($0)" }, cache: "sessions") { (id: Int) in try await database.user(id) }
            _ = try await session(1)
            try await cache.named("sessions").invalidate("user:*")
            #expect(try session.key(for: 1) == "sessions:user:1")
        }
    }

    @Test func whatTheCacheDid() async throws {
        let manager = CacheManager()
        await withCacheManager(manager) {
            let lines = await Output.of {
                let listener = Task {
                    for await event in manager.events(where: \.isFailure) {
                        print(event)
                    }
                }
                let statistics = manager.statistics
                print("hit rate \(statistics.hitRate), \(statistics.loads) loads, \(statistics.evictions) evictions")
                for (cache, health) in manager.health where !health.isAvailable {
                    print("\(cache): unavailable after \(health.consecutiveFailures) failures in a row")
                }
                listener.cancel()
            }
            #expect(lines == ["hit rate 1.0, 0 loads, 0 evictions"])
        }
    }
}
