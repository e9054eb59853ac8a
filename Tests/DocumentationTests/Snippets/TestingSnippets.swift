// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import Testing
import XCTest

@Suite("The code in Testing.md")
struct TestingSnippets {
    @Test(.cacheManager)
    func aSecondReadIsAHit() async throws {
        let database = Database()
        let service = UserService(database: database)

        _ = try await service.user(42)
        _ = try await service.user(42)

        #expect(database.queries == 1)
        #expect(
            try RecordingBackend.current.operations == [
                .get("users:42", .miss),
                .set("users:42", ttl: .seconds(600), tags: ["users", "user:42"]),
                .get("users:42", .hit),
            ]
        )
    }

    @Test(.cacheManager)
    func aUserIsLoadedAgainAfterTenMinutes() async throws {
        let database = Database()
        let service = UserService(database: database)

        _ = try await service.user(42)
        try ManualClock.current.advance(by: .seconds(600))
        _ = try await service.user(42)

        #expect(database.queries == 2)
    }

    @Test func withoutTheTrait() async throws {
        let backend = RecordingBackend()
        try await withCacheManager(CacheManager(backend: backend)) {
            let service = UserService(database: Database())
            _ = try await service.user(42)
        }
        try backend.expectSet("users:42", ttl: .minutes(10), count: 1)
    }

    @Test func aTestWithAManagerPassedByHand() async throws {
        let backend = RecordingBackend()
        let manager = CacheManager(backend: backend)
        let double = cached(ttl: 60, key: { "double:\($0)" }, manager: manager) { (x: Int) async -> Int in 2 * x }

        #expect(try await double(21) == 42)
        #expect(backend.keys == ["double:21"])
    }

    @Test(.cacheManager(storage: .bytes))
    func resultsSurviveTheirCodec() async throws {
        let service = UserService(database: Database())
        let loaded = try await service.user(42)
        let found = try await service.user(42)
        #expect(loaded == found)
    }

    @Test(.cacheManager)
    func aFailingBackendDoesNotFailTheCall() async throws {
        let service = UserService(database: Database())
        try RecordingBackend.current.script.fail(.get, times: 1)
        try RecordingBackend.current.script.fail(.set)

        let user = try await service.user(42)

        #expect(user?.name == "Grace")
        #expect(try cache.statistics.backendFailures == 2)
    }

    @Test(.cacheManager)
    func aHangingBackendDoesNotHangTheCall() async throws {
        let service = UserService(database: Database())
        let backend = try RecordingBackend.current
        let clock = try ManualClock.current
        backend.script.hang(.get, times: 1)

        async let user = service.user(42)
        await backend.script.waitForHanging(1)  // the read hangs,
        await clock.waitForSleepers(1)  // its deadline is set,
        clock.advance(by: .milliseconds(500))  // and passes
        let name = try await user?.name
        backend.script.releaseHanging()

        #expect(name == "Grace")
    }

    @Test func aBackendKeepsTheContract() async throws {
        let clock = ManualClock()
        let suite = BackendConformance(elapse: { clock.advance(by: $0) }) { MemoryBackend(clock: clock) }
        try await suite.run()
    }
}

final class UserServiceTests: XCTestCase {
    func testASecondReadIsAHit() async throws {
        let backend = RecordingBackend()
        try await withCacheManager(CacheManager(backend: backend)) {
            let service = UserService(database: Database())
            _ = try await service.user(42)
            _ = try await service.user(42)
        }
        try backend.expectGet("users:42", count: 2)
        try backend.expectSet("users:42", count: 1)
    }
}
