// SPDX-License-Identifier: Apache-2.0

import Caching
import Testing

/// The only tests that use the manager of the process, one after the other.
@Suite(.serialized)
struct ProcessWideConfigurationTests {
    @Test func `without a configuration every use says how to configure`() async throws {
        await CacheManager.shutdown()
        #expect(throws: CacheError.notConfigured) { try CacheManager.shared }
        #expect(throws: CacheError.notConfigured) { try cache.statistics }
        await #expect(throws: CacheError.notConfigured) { try await cache.set("k", 1) }
        let function = cached(ttl: 60, key: "k") { () async in 1 }
        await #expect(throws: CacheError.notConfigured) { try await function() }
        #expect("\(CacheError.notConfigured)".contains("CacheManager.configure("))
    }

    @Test func aConfiguredManagerIsTheSharedOne() async throws {
        let manager = try await CacheManager.configure(["default": ["ttl": 60], "sessions": [:]])
        #expect(try CacheManager.shared === manager)
        try await cache.set("k", 1)
        #expect(try await manager.get("k", as: Int.self) == 1)
        try await cache.named("sessions").set("k", 2)
        #expect(try await manager.get("k", as: Int.self) == 1)
        #expect(throws: CacheError.unknownCache(name: "pages", known: ["default", "sessions"])) {
            try cache.named("pages")
        }
        await CacheManager.shutdown()
    }

    @Test func configuringTwiceNamesThePlaceOfTheFirstTime() async throws {
        try await CacheManager.configure(fileID: "Shop/main.swift", line: 7)
        let error = try await #require(throws: CacheError.self) { try await CacheManager.configure() }
        #expect(error == .alreadyConfigured(location: "Shop/main.swift:7"))
        #expect("\(error)".contains("Shop/main.swift:7"))
        await CacheManager.shutdown()
    }

    @Test func afterAShutdownAnotherManagerCanBeConfigured() async throws {
        let first = try await CacheManager.configure()
        try await cache.set("k", 1)
        await CacheManager.shutdown()
        #expect(throws: CacheError.shutDown) { try CacheManager.shared }
        #expect(try await first.getOrSet("new") { () async in 1 } == 1)
        #expect(try await cache.get("k", as: Int.self) == nil)
        await #expect(throws: CacheError.shutDown) { try await cache.set("k", 1) }
        let second = try await CacheManager.configure()
        #expect(first !== second)
        #expect(try await cache.get("k", as: Int.self) == nil)
        await CacheManager.shutdown()
    }

    @Test func aFunctionFollowsItsNamedCacheToTheNextManager() async throws {
        let loads = CallCounter()
        let function = cached(ttl: 60, key: "k", cache: "sessions") { () async in loads.increment() }
        for round in 1...2 {
            let manager = try await CacheManager.configure(["default": [:], "sessions": ["ttl": 60]])
            for _ in 0..<3 { #expect(try await function() == round) }
            #expect(try manager.named("sessions").statistics.hits == 2)
            #expect(manager.statistics.hits == 0)
            await CacheManager.shutdown()
            // Until the next manager is configured, nothing is cached.
            for call in 1...2 { #expect(try await function() == round + call) }
            loads.reset(to: round)
        }
        try await CacheManager.configure()
        await #expect(throws: CacheError.unknownCache(name: "sessions", known: ["default"])) { try await function() }
        await CacheManager.shutdown()
    }

    @Test func `a configuration that fails changes nothing`() async throws {
        await #expect(throws: CacheConfigurationError.self) {
            try await CacheManager.configure(["default": ["ttl": -1]])
        }
        #expect(throws: CacheError.self) { try CacheManager.shared }
        try await CacheManager.configure()
        await CacheManager.shutdown()
    }

    @Test func ofManyConfigurationsAtOnceOneWins() async throws {
        let winners = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<20 {
                group.addTask { (try? await CacheManager.configure()) != nil }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(winners == 1)
        await CacheManager.shutdown()
    }

    @Test func aTaskMayOverrideTheManagerOfTheProcess() async throws {
        try await CacheManager.configure()
        try await cache.set("k", 1)
        let overridden = try await withCacheManager(CacheManager()) { try await cache.get("k", as: Int.self) }
        #expect(overridden == nil)
        #expect(try await cache.get("k", as: Int.self) == 1)
        await CacheManager.shutdown()
    }

    @Test func `a hundred managers one after the other serve callers that continue`() async throws {
        let function = cached(ttl: 60, key: { "k:\($0)" }) { (number: Int) async in
            await Task.yield()
            return number
        }
        try await CacheManager.configure()
        let ends = CallCounter()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for caller in 0..<8 {
                group.addTask {
                    while ends.count == 0 {
                        guard try await function(caller % 3) == caller % 3 else { throw SourceFailure() }
                        if caller == 0 { _ = try? await function.refresh(1) }
                        if caller == 1 { _ = try? await cache.invalidate("k:*") }
                        await Task.yield()
                    }
                }
            }
            for _ in 0..<100 {
                await CacheManager.shutdown()
                try await CacheManager.configure()
                #expect(try await function(7) == 7)
            }
            ends.increment()
            try await group.waitForAll()
        }
        for _ in 0..<2 { #expect(try await function(7) == 7) }
        #expect(try cache.statistics.hits > 0)
        await CacheManager.shutdown()
    }

    @Test func shuttingDownTwiceDoesNothing() async throws {
        try await CacheManager.configure()
        await CacheManager.shutdown()
        await CacheManager.shutdown()
    }
}
