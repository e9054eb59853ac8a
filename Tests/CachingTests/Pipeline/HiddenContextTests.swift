// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import Testing

/// Tests that a function that bypasses the cache has no effect on the decisions of the load around it.
@Suite("Functions within loads that bypass the cache")
struct HiddenContextTests {
    enum Reason: CaseIterable {
        case invalidKey, notEncodable, switchedOff, shutDown, otherType, refreshOfAnInvalidKey
    }

    private let manager = MemorySetup().manager
    private let gate = Gate()

    /// Makes all decisions of a load, and returns whether there was a context.
    private static let decide: @Sendable () -> String = {
        let context = LoadContext.current
        context?.skip()
        context?.ttl = 0
        context?.addTags("inner")
        return context == nil ? "none" : "one"
    }

    /// Returns a function that bypasses the cache for a given reason.
    private func inner(_ reason: Reason) async throws -> @Sendable () async throws -> String {
        switch reason {
        case .invalidKey, .refreshOfAnInvalidKey:
            let function = cached(ttl: 60, key: { (_: Int) in "a\nb" }, manager: manager) { (_: Int) async in
                Self.decide()
            }
            if reason == .invalidKey { return { try await function(1) } }
            return { try await function.refresh(1) }
        case .notEncodable:
            struct Stubborn: Codable, Sendable {
                func encode(to encoder: any Encoder) throws { throw SourceFailure() }
            }
            let function = cached(ttl: 60, manager: manager, name: "stubborn") { (_: Stubborn) async in Self.decide() }
            return { try await function(Stubborn()) }
        case .switchedOff:
            let off = try await CacheManager.make(["default": ["driver": "none"]])
            let function = cached(ttl: 60, key: "k", manager: off) { () async in Self.decide() }
            return { try await function() }
        case .shutDown:
            let ended = CacheManager()
            await ended.shutdown()
            let function = cached(ttl: 60, key: "k", manager: ended) { () async in Self.decide() }
            return { try await function() }
        case .otherType:
            let number = cached(ttl: 60, key: "shared", manager: manager) { [gate] in
                try await gate.pass()
                return 1
            }
            let text = cached(ttl: 60, key: "shared", manager: manager) { () async in Self.decide() }
            return { [gate, manager] in
                let events = manager.events()
                let loading = Task.detached { try await number() }
                await gate.waitForArrivals(1)
                let opening = Task.detached {
                    await events.waitForJoiners(1)
                    gate.open()
                }
                let answer = try await text()
                await opening.value
                _ = try await loading.value
                return answer
            }
        }
    }

    @Test(arguments: Reason.allCases)
    func `a bypassed function has no context and does not change the outer context`(_ reason: Reason) async throws {
        let inner = try await inner(reason)
        let outer = cached(ttl: 60, key: "outer", manager: manager) {
            let answer = try await inner()
            return "\(answer), \(LoadContext.current?.key ?? "none")"
        }
        #expect(try await outer() == "none, outer")
        #expect(try await manager.has("outer"))
        try await manager.invalidate(tag: "inner")
        #expect(try await manager.has("outer"))
        #expect(try await manager.ttl(of: "outer") == 60)
    }

    @Test func aBypassedFunctionCannotHideARecursion() async throws {
        let error = await #expect(throws: CacheError.self) { try await Ring.start(manager) }
        #expect(error == .recursiveLoad(key: "ring", chain: ["ring"]))
    }
}

/// A load that asks for its own key through a function without a usable key.
private enum Ring {
    static func start(_ manager: CacheManager) async throws -> Int {
        let function = cached(ttl: 60, key: "ring", manager: manager) { try await around(manager) }
        return try await function()
    }

    static func around(_ manager: CacheManager) async throws -> Int {
        let function = cached(ttl: 60, key: "a\nb", manager: manager) { try await start(manager) }
        return try await function()
    }
}
