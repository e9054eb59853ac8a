// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingRedis
import CachingTesting
import FileSystemBackend
import Foundation
import Testing

private struct Image: Sendable { let bytes: [UInt8] }
private struct Page: Sendable { let text: String }
private struct Rates: Codable, Sendable { let euro: Double }
private struct Token: Codable, Sendable { let secondsLeft: Int }
private struct Renderer: Sendable { func page(_ path: String) async throws -> Page { Page(text: path) } }
private struct Bank: Sendable { func rates() async throws -> Rates { Rates(euro: 1) } }

@Sendable private func issueToken(for user: Int) async throws -> Token { Token(secondsLeft: user) }
private func use(_ rates: Rates) {}

private enum InComments {
    struct UserService: Sendable {
        @Cached(ttl: 600, key: { "users:\($0)" })
        var user: @Sendable (Int) async throws -> User

        init(database: Database) {
            user = { try await database.user($0) }
        }
    }

    struct Database: Sendable {
        func user(_ id: Int) async throws -> User { User(id: id, name: "Ada") }
    }
}

extension CacheDriver {
    static let disk = CacheDriver("disk", options: [DriverOption("path", .text, isRequired: true)]) { settings in
        FileSystemBackend(directory: settings.text("path") ?? "", clock: settings.clock)
    }
}

private func answer(
    _ pages: Cache<String>,
    _ request: String,
    next: (String) async throws -> String
) async throws -> String {
    switch try await pages.claim("home") {
    case .found(let page):
        return page
    case .mine(let promise):
        let page = try await next(request)  // neither escaping nor Sendable
        await promise.fulfill(page)
        return page
    }
}

actor DictionaryBackend: CacheBackend {
    private var entries: [String: CacheEntry] = [:]

    func get(_ key: String) -> CacheEntry? { entries[key] }
    func set(_ key: String, _ entry: CacheEntry, ttl: Duration?) { entries[key] = entry }
    func delete(_ key: String) -> Bool { entries.removeValue(forKey: key) != nil }
    func invalidate(_ pattern: KeyPattern) -> Int {
        let matching = entries.keys.filter(pattern.matches)
        for key in matching { entries[key] = nil }
        return matching.count
    }
    func has(_ key: String) -> Bool { entries[key] != nil }
    func clear() { entries = [:] }
}

/// The examples in comments of the library, which are compiled here and compared by ``CommentTests``.
private func examples(_ database: Database) async throws {
    do {
        let codec = CacheCodec(encode: { (image: Image) in image.bytes }, decode: { Image(bytes: $0) })
        let image = cached(ttl: .hours(1), key: { "images:\($0)" }, codec: codec) { (id: Int) in
            Image(bytes: [UInt8(id)])
        }
        _ = image
    }
    do {
        try await cache.delete("users:42")
    } catch CacheError.backendUnavailable(let operation) {
        print("the backend is not available to \(operation)")
    }
    do {
        try await cache.invalidate("users:*")
        let tenant = "acme"
        try await cache.invalidate(KeyPattern("\(tenant):*:profile"))
    }
    do {
        let manager = CacheManager(backend: MemoryBackend(capacity: .entries(50_000)))
        let user = cached(ttl: 600, key: { "users:\($0)" }, manager: manager) { (id: Int) in
            try await database.user(id)
        }
        _ = user
    }
    do {
        let byCount = MemoryBackend(capacity: .entries(50_000))
        let bySize = MemoryBackend(capacity: .encodedBytes(64 << 20))
        _ = (byCount, bySize)
    }
    do {
        let manager = try CacheManager.shared
        for await event in manager.events(where: \.isFailure) {
            print(event)
        }
        let statistics = manager.statistics
        print("hit rate \(statistics.hitRate), \(statistics.loads) loads in \(statistics.totalLoadTime)")
        for (cache, health) in manager.health where !health.isAvailable {
            print("\(cache): \(health.consecutiveFailures) failures in a row")
        }
    }
    do {
        let policy = CachePolicy(
            jitter: 0.1,
            nilPolicy: .cacheFor(30),
            staleWhileRevalidate: .seconds(60),
            staleIfError: .seconds(3600),
            loadTimeout: .seconds(10)
        )
        let user = cached(ttl: 600, key: { "users:\($0)" }, policy: policy) { (id: Int) in
            try await database.user(id)
        }
        _ = user
    }
    do {
        let sessions = try cache.named("sessions")
        try await sessions.invalidate("user:*")
        print(sessions.statistics.hitRate)
    }
    do {
        var configuration = try RedisConfiguration(url: "redis://127.0.0.1:6379/0")
        configuration.timeout = .milliseconds(250)
        let manager = CacheManager(backend: RedisBackend(configuration))
        _ = manager
    }
    do {
        let backend = RecordingBackend()
        backend.script.fail(.set, times: 1)
        backend.script.delay(.get, by: .seconds(2))
    }
    do {
        let all = cached(ttl: 300, key: "users:all", tags: ["users"]) { try await database.users() }
        let user = cached(ttl: 600, key: { "users:\($0)" }, tags: .from { ["users", "user:\($0)"] }) { (id: Int) in
            try await database.user(id)
        }
        try await cache.invalidate(tag: "users")
        _ = (all, user)
    }
    do {
        let (renderer, bank) = (Renderer(), Bank())
        let page = cached(ttl: 60, key: { "pages:\($0)" }, codec: .memoryOnly) { (path: String) in
            try await renderer.page(path)
        }
        let rates = cached(ttl: 60, key: "rates") { try await bank.rates() }
        _ = (page, rates)
        switch try await cache.claim("rates", as: Rates.self, ttl: 60) {
        case .found(let rates):
            use(rates)
        case .mine(let promise):
            let rates = try await bank.rates()  // if it throws, the next caller gets the promise
            await promise.fulfill(rates)
            use(rates)
        }
    }
    do {
        let user = cached(ttl: 600, key: { "users:\($0)" }, tags: .from { ["user:\($0)"] }) { (id: Int) in
            try await database.user(id)
        }
        let ada = try await user(42)
        _ = ada
        let search = cached(ttl: 60, name: "search") { (text: String, page: Int) in
            try await database.search(text, page: page)
        }
        _ = search
    }
    do {
        let user = cached(ttl: 600, key: { "users:\($0)" }) { (id: Int) in try await database.user(id) }
        let ada = try await user(42)  // loads
        let again = try await user(42)  // a hit
        try await user.invalidate(42)
        _ = (ada, again)
    }
    do {
        let data = Data()
        let configuration = try JSONDecoder().decode(CacheConfiguration.self, from: data)
        _ = configuration
        let (seconds, prefix) = (60, "shop")
        try await CacheManager.configure(["default": ["driver": "memory", "ttl": 300], "sessions": ["ttl": "30m"]])
        try await CacheManager.configure(.environment(over: ["default": ["ttl": TTL(seconds), "prefix": prefix]]))
        try await CacheManager.configure([
            "default": ["ttl": 300, "capacity": 50_000],
            "sessions": ["ttl": "30m", "jitter": 0.1],
        ])
    }
    do {
        let database = InComments.Database()
        let users = Cache<User>(namespace: "users", ttl: .minutes(10), jitter: 0.1, version: "v1")
        let user = try await users.getOrSet("42") { try await database.user(42) }
        _ = user
    }
    do {
        let manager = try await CacheManager.configure(["default": ["ttl": 300]])
        let user = cached(key: { "users:\($0)" }) { (id: Int) in try await database.user(id) }
        _ = try await user(42)
        print(manager.statistics.hitRate)
        await CacheManager.shutdown()
    }
    do {
        let users = try await database.users()
        try await cache.set("users:all", users, ttl: 600)
        try await cache.invalidate("users:*")
        let service = UserService(database: database)
        try await withCacheManager(CacheManager(backend: RecordingBackend())) {
            _ = try await service.user(42)
        }
    }
    do {
        let manager = CacheManager()
        for await event in manager.events(where: \.isFailure) { logger.warning("\(event)") }
    }
    do {
        let token = cached(ttl: 60, key: { "tokens:\($0)" }) { (user: Int) in
            let token = try await issueToken(for: user)
            LoadContext.current?.ttl = .seconds(token.secondsLeft)
            return token
        }
        _ = token
    }
    do {
        let backend = RedisBackend(try RedisConfiguration(url: "redis://localhost:6379"), prefix: "shop:")
        let manager = CacheManager(backend: backend)
        _ = manager
    }
    do {
        let clock = ManualClock()
        try await BackendConformance(elapse: { clock.advance(by: $0) }) {
            MemoryBackend(clock: clock)
        }
        .run()
    }
    do {
        let clock = ManualClock()
        let manager = CacheManager(backend: MemoryBackend(clock: clock), clock: clock)
        clock.advance(by: .seconds(300))  // entries with a lifetime of five minutes have expired
        _ = manager
    }
}

@Suite("The code in documentation comments")
struct CommentSnippets {
    @Test func `a backend of six functions stores, finds and invalidates`() async throws {
        let manager = CacheManager(backend: DictionaryBackend(), clock: ManualClock())
        try await withCacheManager(manager) {
            try await cache.set("users:42", 1)
            #expect(try await cache.get("users:42", as: Int.self) == 1)
            #expect(try await cache.invalidate("users:*") == 1)
        }
    }

    @Test func `a recording is compared`() async throws {
        typealias UserService = InComments.UserService
        let database = InComments.Database()
        let backend = RecordingBackend()
        try await withCacheManager(CacheManager(backend: backend)) {
            let service = UserService(database: database)
            _ = try await service.user(42)
            _ = try await service.user(42)
            #expect(
                backend.operations == [
                    .get("users:42", .miss), .set("users:42", ttl: .seconds(600)), .get("users:42", .hit),
                ]
            )
        }
    }

    private let service = UserService(database: Database())

    @Test(.cacheManager)
    func aSecondReadIsAHit() async throws {
        _ = try await service.user(42)
        _ = try await service.user(42)
        try RecordingBackend.current.expectSet("users:42", count: 1)
    }
}
