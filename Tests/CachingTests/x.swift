import Testing
import Caching
struct Service: Sendable {
    @Cached(ttl: 300, key: "users:all", tags: ["users"]) var all: @Sendable () async throws -> [String]
    @Cached(ttl: 600, key: { "users:\($0)" }, tags: { ["user:\($0)"] }) var user: @Sendable (Int) async throws -> String?
    @Cached(ttl: .minutes(2)) var search: @Sendable (String, Int) async throws -> [String]
    @Cached(ttl: 60, key: { "rates:\($0)" }) var rate = { (currency: String) async throws -> Double in 2.5 }
    @Cached(ttl: 60, key: "bad") var bad: @Sendable (Int) async throws -> Int
    @Cached(ttl: 60, key: "un") var unassigned: @Sendable () async throws -> Int
    init() { all = { ["a"] }; user = { "u\($0)" }; search = { text, page in [text] }; bad = { $0 } }
}
@Test func smoke() async throws {
    try await withCacheManager(CacheManager()) {
        let s = Service()
        #expect(try await s.user(3) == "u3"); #expect(try await s.user(3) == "u3"); _ = try await s.all(); _ = try await s.rate("x")
        _ = try await s.search("a:b", 1)
        print(try s.$search.key(for: "a:b", 1))
        await #expect(throws: CacheError.self) { try await s.bad(1) }
        do { _ = try await s.unassigned() } catch { print(error) }
        do { _ = try await s.bad(1) } catch { print(error) }
        print(try cache.statistics)
        try await s.$user.prime(nil, for: 3)
        #expect(try await s.user(3) == nil)
        let f = cached(ttl: 60, key: { "users:\($0)" }) { (id: Int) in try await s.user(id) }
        do { _ = try await f(3) } catch { print(error) }
        #expect(try await f.peek(3) == .some(nil))
        try await cache.invalidate("users:*")
        do { _ = try await f(3) } catch { print(error) }
        let u = Cache<String>(namespace: "us:er", version: "v1")
        #expect(try await u.getOrSet("4") { "x" } == "x"); print(u.key(for: "4"))
        #expect(try await u.invalidate() == 1)
    }
    do { _ = try await CacheManager.make(["default": ["ttl": -1, "drivr": "x"], "s": ["driver": "redis", "port": 99999, "password": "a\nb"]]) } catch { print(error) }
    do { _ = try await CacheManager.make(.environment(["CACHE_TLL": "3", "CACHE_SESSIONS_TTL": "abc"])) } catch { print(error) }
}
