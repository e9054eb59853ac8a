// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import Testing

@Suite("Lifetimes, nil, skip, and the decisions of a load")
struct LifetimeTests {
    private let setup = MemorySetup()
    private let loads = CallCounter()

    private func counting(ttl: TTL, policy: CachePolicy = CachePolicy()) -> CachedFunction<Int> {
        cached(ttl: ttl, key: "count", manager: setup.manager, policy: policy) { [loads] () async in loads.increment() }
    }

    @Test func aHitLastsUntilTheLifetimeIsOver() async throws {
        let count = counting(ttl: 60)
        #expect(try await count() == 1)
        setup.clock.advance(by: .seconds(60) - .nanoseconds(1))
        #expect(try await count() == 1)
        setup.clock.advance(by: .nanoseconds(1))
        #expect(try await count() == 2)
    }

    @Test(arguments: [TTL.default, .seconds(300)])
    func theDefaultIsThreeHundredSeconds(ttl: TTL) async throws {
        let count = counting(ttl: ttl)
        _ = try await count()
        #expect(try await setup.manager.ttl(of: "count") == .seconds(300))
    }

    @Test func foreverNeverExpires() async throws {
        let count = counting(ttl: .forever)
        _ = try await count()
        setup.clock.advance(by: .seconds(100 * 365 * 86_400))
        #expect(try await count() == 1)
        #expect(try await setup.manager.ttl(of: "count") == .forever)
    }

    @Test(arguments: [TTL.duration(.seconds(Int64.max)), .days(.max), .seconds(.infinity), .seconds(9e15)])
    func aLifetimeBeyondTheClockDoesNotOverflow(ttl: TTL) async throws {
        let count = counting(ttl: ttl)
        _ = try await count()
        setup.clock.advance(by: .seconds(86_400))
        #expect(try await count() == 1)
    }

    @Test(arguments: [TTL.seconds(0), 0, -1, .duration(.seconds(Int64.min)), .seconds(-.infinity), .seconds(.nan)])
    func `a lifetime of zero or less stores nothing and removes the entry`(ttl: TTL) async throws {
        try await setup.manager.set("count", 99)
        try await setup.manager.set("count", 100, ttl: ttl)
        #expect(try await setup.manager.has("count") == false)
        let count = counting(ttl: ttl)
        #expect(try await count() == 1)
        #expect(try await count() == 2)
        #expect(try await setup.manager.has("count") == false)
    }

    @Test func aLifetimeBelowASecondWorks() async throws {
        let count = counting(ttl: 0.25)
        _ = try await count()
        setup.clock.advance(by: .milliseconds(249))
        #expect(try await count() == 1)
        setup.clock.advance(by: .milliseconds(1))
        #expect(try await count() == 2)
    }

    @Test func aWallClockThatJumpsChangesNothingInMemory() async throws {
        let count = counting(ttl: 60)
        _ = try await count()
        setup.clock.setWallTime(0)
        #expect(try await count() == 1)
        setup.clock.setWallTime(Int64.max / 2)
        #expect(try await count() == 1)
        setup.clock.advance(by: .seconds(60))
        #expect(try await count() == 2)
    }

    @Test func `jitter stays within its bounds and does not apply to forever`() async throws {
        var seen: Set<Duration> = []
        for number in 0..<200 {
            let function = cached(ttl: 100, key: { "j:\($0)" }, manager: setup.manager, policy: .init(jitter: 0.1)) {
                (id: Int) async in id
            }
            _ = try await function(number)
            let ttl = try #require(try await setup.manager.ttl(of: "j:\(number)"))
            let lifetime = try #require(ttl.lifetime)
            #expect(lifetime >= .seconds(90) && lifetime <= .seconds(110))
            seen.insert(lifetime)
        }
        #expect(seen.count > 150)
        let forever = counting(ttl: .forever, policy: .init(jitter: 0.5))
        _ = try await forever()
        #expect(try await setup.manager.ttl(of: "count") == .forever)
    }

    @Test(arguments: [(0.0, 90.0), (0.5, 100.0), (0.999_999_999, 110.0)])
    func jitterFollowsItsFormula(draw: Double, seconds: Double) {
        let spread = Jitter.spread(.seconds(100), by: 0.1) { draw }
        #expect(abs(spread / .seconds(1) - seconds) < 0.001)
    }

    @Test func `jitter keeps tiny lifetimes positive and does not overflow`() {
        #expect(Jitter.spread(.nanoseconds(1), by: 1) { 0 } == .nanoseconds(1))
        #expect(Jitter.spread(.nanoseconds(Int64.max), by: 1) { 0.999 } > .zero)
        #expect(Jitter.spread(.seconds(5), by: 0) { 0 } == .seconds(5))
    }

    @Test func aNilResultIsCached() async throws {
        let find = cached(ttl: 60, key: { "find:\($0)" }, manager: setup.manager) { [loads] (_: Int) async -> String? in
            loads.increment()
            return nil
        }
        #expect(try await find(1) == nil)
        #expect(try await find(1) == nil)
        #expect(loads.count == 1)
        #expect(try await find.peek(1) == .some(nil))
        #expect(try await find.peek(2) == nil)
        #expect(try await setup.manager.get("find:1", as: String?.self) == .some(nil))
    }

    @Test func `the nil policy skips nil or gives it another lifetime`() async throws {
        let skipping = cached(ttl: 60, key: "skip", manager: setup.manager, policy: .init(nilPolicy: .skip)) {
            [loads] () async -> Int? in
            loads.increment() == 1 ? nil : 2
        }
        #expect(try await skipping() == nil)
        #expect(try await skipping() == 2)
        #expect(try await skipping() == 2)
        let brief = cached(ttl: 60, key: "brief", manager: setup.manager, policy: .init(nilPolicy: .cacheFor(5))) {
            () async -> Int? in nil
        }
        _ = try await brief()
        #expect(try await setup.manager.ttl(of: "brief") == .seconds(5))
    }

    @Test func aResultThatIsSkippedIsNotStored() async throws {
        let events = setup.manager.events()
        let list = cached(ttl: 60, key: "list", manager: setup.manager, skip: { $0.isEmpty }) {
            [loads] () async -> [Int] in
            loads.increment() == 1 ? [] : [1]
        }
        #expect(try await list() == [])
        #expect(await events.first { if case .skipped = $0.kind { true } else { false } }?.key == "list")
        #expect(try await list() == [1])
        #expect(try await list() == [1])
        #expect(loads.count == 2)
    }

    @Test func `a load decides its lifetime, its tags and whether it is stored`() async throws {
        let token = cached(ttl: 60, key: { "token:\($0)" }, tags: ["tokens"], manager: setup.manager) {
            (id: Int) async in
            LoadContext.current?.ttl = id == 3 ? .seconds(0) : .seconds(id)
            LoadContext.current?.addTags("user:\(id)")
            if id == 9 { LoadContext.current?.skip() }
            return id
        }
        _ = try await token(5)
        #expect(try await setup.manager.ttl(of: "token:5") == .seconds(5))
        _ = try await token(3)
        #expect(try await setup.manager.has("token:3") == false)
        _ = try await token(9)
        #expect(try await setup.manager.has("token:9") == false)
        try await setup.manager.invalidate(tag: "user:5")
        #expect(try await setup.manager.has("token:5") == false)
        #expect(LoadContext.current == nil)
    }

    @Test func `the lifetime of a call precedes that of its namespace, and that of the cache`() async throws {
        let manager = CacheManager(backend: MemoryBackend(clock: setup.clock), ttl: 7, clock: setup.clock)
        let users = Cache<Int>(namespace: "users", ttl: 20, manager: manager)
        try await users.set("a", 1)
        try await users.set("b", 1, ttl: 30)
        try await manager.set("c", 1)
        #expect(try await users.ttl(of: "a") == .seconds(20))
        #expect(try await users.ttl(of: "b") == .seconds(30))
        #expect(try await manager.ttl(of: "c") == .seconds(7))
    }
}
