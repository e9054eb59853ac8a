// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import Synchronization
import Testing

struct DriverConfigurationTests {
    private struct Refusal: Error, CustomStringConvertible {
        var description: String { "the disk is full" }
    }

    /// A backend that records whether it was closed.
    private final class ClosableBackend: ManagedBackend {
        let isClosed = Atomic<Bool>(false)
        func get(_ key: String) async throws -> CacheEntry? { nil }
        func set(_ key: String, _ entry: CacheEntry, ttl: Duration?) async throws {}
        func delete(_ key: String) async throws -> Bool { false }
        func invalidate(_ pattern: KeyPattern) async throws -> Int { 0 }
        func has(_ key: String) async throws -> Bool { false }
        func clear() async throws {}
        func maintain() async {}
        func shutdown() async { isClosed.store(true, ordering: .relaxed) }
    }

    @Test func anEmptyConfigurationIsACacheInMemory() async throws {
        let manager = try await CacheManager.make([:])
        #expect(manager.names == ["default"])
        try await manager.set("k", 1)
        #expect(try await manager.get("k", as: Int.self) == 1)
        await manager.shutdown()
    }

    @Test func aDriverOfAThirdPartyGetsItsSettings() async throws {
        let recorder = SettingsRecorder()
        try await recorder.record([
            "default": [
                "driver": "recorder", "path": "/data", "shards": 3, "ratio": 0.5, "sync": true, "interval": "250ms",
                "token": "t",
            ]
        ])
        let settings = try #require(recorder["default"])
        #expect(settings.cacheName == "default")
        #expect(settings.text("path") == "/data")
        #expect(settings.integer("shards") == 3)
        #expect(settings.number("ratio") == 0.5)
        #expect(settings.boolean("sync") == true)
        #expect(settings.duration("interval") == .milliseconds(250))
        #expect(settings.text("token") == "t")
        #expect(settings.text("shards") == nil)
        #expect(settings.integer("port") == nil)
    }

    @Test func valuesInQuotesAreReadLikeOthers() async throws {
        let recorder = SettingsRecorder()
        try await recorder.record([
            "default": ["driver": "recorder", "shards": "3", "ratio": "0.5", "sync": "yes", "interval": 2]
        ])
        #expect(recorder["default"]?.integer("shards") == 3)
        #expect(recorder["default"]?.number("ratio") == 0.5)
        #expect(recorder["default"]?.boolean("sync") == true)
        #expect(recorder["default"]?.duration("interval") == .seconds(2))
    }

    @Test func namedCachesInheritFromTheDefault() async throws {
        let recorder = SettingsRecorder()
        try await recorder.record([
            "default": ["driver": "recorder", "ttl": 60, "path": "/data"], "sessions": ["ttl": 5],
            "pages": ["driver": "memory"],
        ])
        #expect(recorder.names == ["default", "sessions"])
        #expect(recorder["sessions"]?.text("path") == "/data")
        #expect(recorder["sessions"]?.duration("ttl") == .seconds(5))
    }

    @Test func aLifetimeOfTheConfigurationIsThatOfTheEntries() async throws {
        let manager = try await CacheManager.make(["default": ["ttl": "forever"], "sessions": ["ttl": 60]])
        try await manager.set("k", 1)
        #expect(try await manager.ttl(of: "k") == .forever)
        let sessions = try manager.named("sessions")
        try await sessions.set("k", 1)
        #expect(try await sessions.ttl(of: "k") != .forever)
        await manager.shutdown()
    }

    @Test func prefixVersionAndNameStandBeforeTheKeys() async throws {
        let recorder = SettingsRecorder()
        try await recorder.record([
            "default": ["driver": "recorder", "prefix": "shop", "version": "v2"], "sessions": [:],
            "pages": ["prefix": "web"], "a:b": [:],
        ])
        #expect(recorder["default"]?.keyPrefix == "shop:v2:default:")
        #expect(recorder["sessions"]?.keyPrefix == "shop:v2:sessions:")
        #expect(recorder["pages"]?.keyPrefix == "web:v2:pages:")
        #expect(recorder["a:b"]?.keyPrefix == "shop:v2:a%3Ab:")
    }

    @Test func `the only cache has its name in its keys unless it is in memory`() async throws {
        let recorder = SettingsRecorder()
        try await recorder.record(["default": ["driver": "recorder"]])
        #expect(recorder["default"]?.keyPrefix == "default:")
        let manager = try await CacheManager.make([:])
        #expect(try cached(key: "k", manager: manager, { () async in 1 }).key() == "k")
        await manager.shutdown()
    }

    @Test func cachesOnOneStoreDoNotMeet() async throws {
        let backend = RecordingBackend()
        let shared = CacheDriver("shared") { _ in backend }
        let manager = try await CacheManager.make(
            ["default": ["driver": "shared"], "sessions": [:]],
            drivers: [shared]
        )
        let sessions = try manager.named("sessions")
        try await sessions.set("a", 1)
        try await manager.set("sessions:a", 2)
        #expect(try await sessions.get("a", as: Int.self) == 1)
        try await manager.invalidate("*")
        #expect(try await sessions.has("a"))
        #expect(try await manager.has("sessions:a") == false)
        await manager.shutdown()
    }

    @Test func cachesThatCannotBeToldApartAreRefused() async throws {
        let found = try await problems(["a": [:], "b": ["prefix": "a"]])
        #expect(found.count == 1)
        #expect(found.first?.cache == "b")
        let reason = [
            #"its keys begin with "a:b:""#, #"and those of the cache "a" begin with "a:""#,
            "so the two would meet; give one of them another prefix, version or name",
        ]
        #expect(found.first?.message == reason.joined(separator: ", "))
    }

    @Test func aDriverThatThrowsIsAProblemWithItsReason() async throws {
        let driver = CacheDriver("disk") { _ in throw Refusal() }
        let found = try await problems(["default": [:], "pages": ["driver": "disk"]], drivers: [.memory, driver])
        #expect(found.count == 1)
        #expect(found.first?.cache == "pages")
        #expect(found.first?.source == #"dictionary["pages"]["driver"]"#)
        #expect(found.first?.message == #"the driver "disk" could not be started: the disk is full"#)
    }

    @Test func `backends that were opened before another driver threw are closed`() async throws {
        let backend = ClosableBackend()
        let good = CacheDriver("good") { _ in backend }
        let bad = CacheDriver("bad") { _ in throw Refusal() }
        let configuration: CacheConfiguration = ["default": ["driver": "good"], "pages": ["driver": "bad"]]
        #expect(try await problems(configuration, drivers: [good, bad]).count == 1)
        let isClosed = backend.isClosed.load(ordering: .relaxed)
        #expect(isClosed)
    }

    @Test func nothingIsOpenedForAConfigurationWithProblems() async throws {
        let recorder = SettingsRecorder()
        _ = try? await recorder.record(["default": ["driver": "recorder"], "pages": ["ttl": -1]])
        #expect(recorder.names.isEmpty)
    }

    @Test func changingTheDriverTakesOneSetting() async throws {
        // Every driver accepts the settings of common drivers.
        let settings: [String: ConfigurationValue] = [
            "capacity": 10, "url": "redis://host", "host": "h", "port": 6379, "db": 0, "username": "u", "password": "p",
            "tls": true,
        ]
        #expect(try await problems(CacheConfiguration(["default": settings])).isEmpty)
    }

    @Test func aDriverOfTheSameNameReplacesTheBuiltInOne() async throws {
        let recorder = SettingsRecorder()
        let manager = try await CacheManager.make([:], drivers: [recorder.driver("memory")])
        #expect(recorder.names == ["default"])
        await manager.shutdown()
    }

    @Test func theDriverNoneSwitchesACacheOff() async throws {
        let configuration: CacheConfiguration = ["default": [:], "pages": ["driver": "none", "capacity": 5]]
        let manager = try await CacheManager.make(configuration)
        let loads = CallCounter()
        let page = cached(ttl: 60, key: "k", cache: "pages", manager: manager) { () async in loads.increment() }
        #expect(try await page() == 1)
        #expect(try await page() == 2)
        let pages = try manager.named("pages")
        try await pages.set("k", 1)
        #expect(try await pages.get("k", as: Int.self) == nil)
        #expect(manager.names == ["default", "pages"])
        await manager.shutdown()
    }

    @Test func aVariableSwitchesAllCachesOff() async throws {
        let defaults: CacheConfiguration = ["default": ["ttl": 5], "pages": [:]]
        let manager = try await CacheManager.make(.environment(["CACHE_DRIVER": "none"], over: defaults))
        for name in manager.names {
            try await manager.named(name).set("k", 1)
            #expect(try await manager.named(name).has("k") == false)
        }
        await manager.shutdown()
    }

    @Test func anUnknownCacheIsAnErrorThatListsTheKnownOnes() async throws {
        let manager = try await CacheManager.make(["sessions": [:]])
        let error = try #require(throws: CacheError.self) { try manager.named("sesions") }
        #expect("\(error)" == #"There is no cache named "sesions". Configured: "default", "sessions"."#)
        await manager.shutdown()
    }

    @Test(arguments: [("1kB", 1000), ("2KiB", 2048), ("3MB", 3_000_000), ("1MiB", 1 << 20)])
    func aCapacityWithAUnitIsInBytes(text: String, bytes: Int) async throws {
        let manager = try await CacheManager.make(["default": ["capacity": .text(text)]])
        try await manager.set("fits", String(repeating: "x", count: bytes / 2))
        let error = await #expect(throws: CacheError.self) {
            try await manager.set("large", String(repeating: "x", count: bytes))
        }
        guard case .entryTooLarge("large", let cost, bytes)? = error else { throw SourceFailure() }
        // The key and the text.
        #expect(cost == bytes + 5)
        #expect(try await manager.get("fits", as: String.self) != nil)
    }

    @Test(arguments: ["0kB", "-1MB", "1TB", "1.5MB", "MB", "9999999999GB", "1 MB", "1mb"])
    func aSizeThatIsNoneIsRefused(text: String) async throws {
        await #expect(throws: CacheConfigurationError.self) {
            try await CacheManager.make(["default": ["capacity": .text(text)]])
        }
    }
}
