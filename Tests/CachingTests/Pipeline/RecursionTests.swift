// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import Testing

@Suite("Loads that ask for themselves, and the context of a load")
struct RecursionTests {
    @Test func `a load that asks for its own key gets an error and does not deadlock`() async throws {
        await withCacheManager(CacheManager()) {
            let error = await #expect(throws: CacheError.self) { try await Loops.own(1) }
            #expect(error == .recursiveLoad(key: "own:1", chain: ["own:1"]))
        }
    }

    @Test func aCycleOfLoadsIsDiagnosed() async throws {
        await withCacheManager(CacheManager()) {
            let error = await #expect(throws: CacheError.self) { try await Loops.left(1) }
            #expect(error == .recursiveLoad(key: "left:1", chain: ["left:1", "right:1"]))
        }
    }

    @Test func aCycleAcrossNamedCachesIsDiagnosed() async throws {
        let manager = CacheManager(named: ["other": MemoryBackend()])
        await withCacheManager(manager) {
            _ = await #expect(throws: CacheError.self) { try await Loops.here(1) }
        }
    }

    @Test func aLoadMayAskForOtherKeys() async throws {
        let result = try await withCacheManager(CacheManager()) { try await Loops.factorial(10) }
        #expect(result == 3_628_800)
    }

    @Test func taskLocalValuesAndPriorityReachTheLoad() async throws {
        let setup = MemorySetup()
        let request = cached(ttl: 60, key: "request", manager: setup.manager) { () async in
            "\(Request.id) \(Task.currentPriority == .high)"
        }
        let answer = try await Task(priority: .high) {
            try await Request.$id.withValue("r-17") { try await request() }
        }.value
        #expect(answer == "r-17 true")
    }

    @Test func theLoadSeesTheManagerOfItsCaller() async throws {
        let inner = cached(ttl: 60, key: "inner") { () async in 1 }
        let outer = cached(ttl: 60, key: "outer") { try await inner() }
        let manager = CacheManager()
        try await withCacheManager(manager) { _ = try await outer() }
        #expect(try await manager.has("inner"))
        #expect(try await manager.has("outer"))
    }
}

private enum Request {
    @TaskLocal static var id = "none"
}

private enum Loops {
    static let own: CachedFunction<Int, Int> = cached(ttl: 60, key: { "own:\($0)" }) { try await callOwn($0) }
    static let left: CachedFunction<Int, Int> = cached(ttl: 60, key: { "left:\($0)" }) { try await right($0) }
    static let right: CachedFunction<Int, Int> = cached(ttl: 60, key: { "right:\($0)" }) { try await callLeft($0) }
    static let here: CachedFunction<Int, Int> = cached(ttl: 60, key: { "here:\($0)" }) { try await there($0) }
    static let there: CachedFunction<Int, Int> = cached(ttl: 60, key: { "here:\($0)" }, cache: "other") {
        try await callHere($0)
    }
    static let factorial: CachedFunction<Int, Int> = cached(ttl: 60, key: { "factorial:\($0)" }) { number in
        number < 2 ? 1 : number * (try await callFactorial(number - 1))
    }

    // These are functions, because a closure cannot name the constant that it initialises.
    static func callOwn(_ number: Int) async throws -> Int { try await own(number) }
    static func callLeft(_ number: Int) async throws -> Int { try await left(number) }
    static func callHere(_ number: Int) async throws -> Int { try await here(number) }
    static func callFactorial(_ number: Int) async throws -> Int { try await factorial(number) }
}
