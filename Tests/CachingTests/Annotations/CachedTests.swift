// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import Testing

@Suite("@Cached and cached(...)", .cacheManager)
struct CachedTests {
    struct UserService: Sendable {
        @Cached(ttl: 300, key: "users:all", tags: ["users"])
        var allUsers: @Sendable () async throws -> [Person]

        @Cached(ttl: 600, key: { "users:\($0)" }, tags: .from { ["user:\($0)"] })
        var user: @Sendable (Int) async throws -> Person?

        @Cached(ttl: .minutes(2))
        var search: @Sendable (String, Int) async throws -> [Person]

        @Cached(ttl: 60, key: { "rates:\($0)" })
        var rate = { (currency: String) async throws -> Double in currency == "EUR" ? 1 : 0.5 }

        @Cached(ttl: 60, key: "unassigned")
        var unassigned: @Sendable () async throws -> Int

        @Cached(ttl: 60, key: "all")
        var staticKey: @Sendable (Int) async throws -> Int

        @Cached(ttl: 60, key: { "three:\($0):\($1):\($2)" })
        var three: @Sendable (Int, String, Bool) async throws -> String

        let calls = CallCounter()

        init() {
            let calls = calls
            allUsers = {
                calls.increment()
                return [Person(name: "Ada")]
            }
            user = {
                calls.increment()
                return $0 == 0 ? nil : Person(name: "user \($0)")
            }
            search = { text, page in
                calls.increment()
                return [Person(name: "\(text) \(page)")]
            }
            staticKey = { $0 }
            three = { "\($0) \($1) \($2)" }
        }
    }

    @Test func `the operations of a miss and a hit are recorded`() async throws {
        let service = UserService()
        _ = try await service.user(42)
        _ = try await service.user(42)
        #expect(
            try RecordingBackend.current.operations == [
                .get("users:42", .miss), .set("users:42", ttl: .seconds(600), tags: ["user:42"]),
                .get("users:42", .hit),
            ]
        )
    }

    @Test func `functions with a static key, a key closure and a derived key cache their results`() async throws {
        let service = UserService()
        for _ in 0..<2 {
            #expect(try await service.allUsers() == [Person(name: "Ada")])
            #expect(try await service.user(1) == Person(name: "user 1"))
            #expect(try await service.search("a", 1) == [Person(name: "a 1")])
            #expect(try await service.rate("EUR") == 1)
            #expect(try await service.three(1, "x", true) == "1 x true")
        }
        #expect(service.calls.count == 3)
        let keys = try RecordingBackend.current.keys
        #expect(keys.contains("users:all") && keys.contains("users:1") && keys.contains("three:1:x:true"))
        #expect(keys.contains(try service.$search.key(for: "a", 1)))
    }

    @Test func `derived keys distinguish functions, arguments and types`() async throws {
        let first = cached(ttl: 60) { (text: String, other: String) async in "first \(text)" }
        let second = cached(ttl: 60) { (text: String, other: String) async in "second \(text)" }
        #expect(try await first("a:b", "c") == "first a:b")
        #expect(try await first("a", "b:c") == "first a")
        #expect(try await second("a", "b:c") == "second a")
        let twins = (0..<2).map { _ in cached(ttl: 60) { (id: Int) async in id } }
        #expect(try twins[0].key(for: 1) == twins[1].key(for: 1))
        #expect(try genericFind(Int.self).key(for: 1) != genericFind(String.self).key(for: 1))
        let named = cached(ttl: 60, name: "users.search") { (text: String, page: Int) async in text }
        #expect(try named.key(for: "Ada", 2).hasPrefix("users.search:"))
        #expect(try named.key(for: "Ada", 2).count == "users.search:".count + 32)
    }

    private func genericFind<Value: Codable & Sendable>(_ type: Value.Type) -> CachedFunction<Int, Value?> {
        cached(ttl: 60) { (_: Int) async -> Value? in nil }
    }

    @Test func `a projection peeks, primes, refreshes and invalidates the entry`() async throws {
        let service = UserService()
        #expect(try service.$user.key(for: 7) == "users:7")
        #expect(try await service.$user.peek(7) == nil)
        try await service.$user.prime(Person(name: "primed"), for: 7)
        #expect(try await service.user(7)?.name == "primed")
        #expect(try await service.$user.peek(7) == Person(name: "primed"))
        #expect(try await service.$user.refresh(7)?.name == "user 7")
        #expect(try await service.user(7)?.name == "user 7")
        #expect(try await service.$user.invalidate(7))
        #expect(try await service.$user.invalidate(7) == false)
        #expect(try await service.$user.peek(7) == nil)
    }

    @Test func peekDoesNotCountInStatistics() async throws {
        let service = UserService()
        let before = try cache.statistics
        _ = try await service.$user.peek(7)
        #expect(try cache.statistics == before)
    }

    @Test func `a tag from the arguments invalidates the results with these arguments`() async throws {
        let service = UserService()
        _ = try await service.user(1)
        _ = try await service.user(2)
        try await cache.invalidate(tag: "user:1")
        #expect(try await service.$user.peek(1) == nil)
        #expect(try await service.$user.peek(2) != nil)
    }

    @Test func `a property without a function throws an error that names its declaration`() async throws {
        let service = UserService()
        let error = await #expect(throws: CacheError.self) { try await service.unassigned() }
        #expect(error?.description.contains("CachedTests.swift:") == true)
    }

    @Test func `a property with arguments and a static key throws at each call`() async throws {
        let service = UserService()
        let error = await #expect(throws: CacheError.self) { try await service.staticKey(1) }
        #expect(error?.description.contains("key: { _ in \"all\" }") == true)
    }

    @Test(arguments: ["", "   ", "a\nb", "a\u{0}", "a\u{85}b", "\u{2003}", String(repeating: "k", count: 1025)])
    func `a call with an invalid key bypasses the cache and is reported`(key: String) async throws {
        let calls = CallCounter()
        let function = cached(ttl: 60, key: { (_: Int) in key }) { (_: Int) async in calls.increment() }
        let events = try cache.events()
        #expect(try await function(1) == 1)
        #expect(try await function(1) == 2)
        let event = await events.first { if case .bypassed = $0.kind { true } else { false } }
        guard case .bypassed(.invalidKey)? = event?.kind else { throw SourceFailure() }
        try RecordingBackend.current.expectNothing()
        await #expect(throws: CacheError.self) { try await cache.get(key, as: Int.self) }
        await #expect(throws: CacheError.self) { try await cache.set(key, 1) }
        await #expect(throws: CacheError.self) { try await cache.delete(key) }
        await #expect(throws: CacheError.self) { try await cache.getOrSet(key) { 1 } }
    }

    @Test func `a result with an invalid tag is not stored and is reported`() async throws {
        let events = try cache.events()
        let function = cached(ttl: 60, key: { "t:\($0)" }, tags: .from { _ in ["good", "bad\n"] }) { (id: Int) async in
            id
        }
        #expect(try await function(1) == 1)
        let event = await events.first { if case .bypassed = $0.kind { true } else { false } }
        guard case .bypassed(.invalidTag(tag: "bad\n", _))? = event?.kind else { throw SourceFailure() }
        #expect(try RecordingBackend.current.keys == [])
    }

    @Test func `a call with arguments that cannot be encoded bypasses the cache`() async throws {
        struct Stubborn: Encodable, Sendable {
            func encode(to encoder: any Encoder) throws { throw SourceFailure() }
        }
        let calls = CallCounter()
        let function = cached(ttl: 60) { (_: Stubborn) async in calls.increment() }
        _ = try await function(Stubborn())
        #expect(try await function(Stubborn()) == 2)
        #expect(throws: CacheError.self) { try function.key(for: Stubborn()) }
    }

    @Test func `a value that is not Codable is cached by its codec`() async throws {
        struct Point: Sendable, Equatable {
            let x: UInt8
        }
        let codec = CacheCodec<Point>(encode: { [$0.x] }, decode: { Point(x: $0[0]) })
        let clock = ManualClock()
        let manager = CacheManager(backend: RecordingBackend(storage: .bytes, clock: clock), clock: clock)
        let calls = CallCounter()
        let point = cached(ttl: 60, key: { "p:\($0)" }, manager: manager, codec: codec) { (x: UInt8) async in
            calls.increment()
            return Point(x: x)
        }
        #expect(try await point(3) == Point(x: 3))
        #expect(try await point(3) == Point(x: 3))
        #expect(calls.count == 1)
    }

    @Test func theNamedCacheIsFoundAtTheCall() async throws {
        let clock = ManualClock()
        let sessions = RecordingBackend(clock: clock)
        let function = cached(ttl: 60, key: { "s:\($0)" }, cache: "sessions") { (id: Int) async in id }
        await #expect(throws: CacheError.unknownCache(name: "sessions", known: ["default"])) { try await function(1) }
        try await withCacheManager(CacheManager(named: ["sessions": sessions], clock: clock)) {
            let answer = try await function(1)
            #expect(answer == 1)
        }
        #expect(sessions.keys == ["sessions:s:1"])
    }
}
