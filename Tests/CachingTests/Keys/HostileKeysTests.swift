// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import Testing

/// Untrusted keys and tags, on all backends.
@Suite("Hostile keys")
struct HostileKeysTests {
    enum Backend: CaseIterable {
        case memory, values, bytes, store, plain

        func make() -> any CacheBackend {
            switch self {
            case .memory: MemoryBackend()
            case .values: RecordingBackend()
            case .bytes: RecordingBackend(storage: .bytes)
            case .store: ByteStore()
            case .plain: PlainBackend(RecordingBackend(storage: .bytes))
            }
        }
    }

    private let composed = "caf\u{E9}"
    private let decomposed = "cafe\u{301}"

    @Test(arguments: Backend.allCases)
    func `keys may have at most 1,024 bytes including their prefix`(_ backend: Backend) async throws {
        let loads = CallCounter()
        for prefix in [nil, "p", "pr\u{E9}fix"] as [String?] {
            let manager = CacheManager(backend: backend.make(), prefix: prefix)
            let room = 1024 - (prefix.map { $0.utf8.count + 1 } ?? 0)
            let longest = String(repeating: "k", count: room)
            try await manager.set(longest, 1)
            #expect(try await manager.get(longest, as: Int.self) == 1)
            #expect(try await manager.invalidate("kk*") == 1)
            await #expect(throws: CacheError.self) { try await manager.set(longest + "k", 1) }
            await #expect(throws: CacheError.self) { try await manager.get(longest + "k", as: Int.self) }
            loads.reset(to: 0)
            let function = cached(ttl: 60, key: { (key: String) in key }, manager: manager) { (_: String) async in
                loads.increment()
            }
            for _ in 0..<2 { #expect(try await function(longest) == 1) }
            for call in 2...3 { #expect(try await function(longest + "k") == call) }
            // Longer in bytes than in characters.
            let wide = String(repeating: "\u{E9}", count: room / 2 + 1)
            for call in 4...5 { #expect(try await function(wide) == call) }
            #expect(manager.statistics.bypasses == 4)
        }
    }

    @Test(arguments: Backend.allCases)
    func `keys that are canonically equivalent are different`(_ backend: Backend) async throws {
        let manager = CacheManager(backend: backend.make())
        #expect(composed == decomposed)
        try await manager.set(composed, 1)
        #expect(try await manager.get(decomposed, as: Int.self) == nil)
        try await manager.set(decomposed, 2)
        #expect(try await manager.get(composed, as: Int.self) == 1)
        #expect(try await manager.get(decomposed, as: Int.self) == 2)
        #expect(try await manager.invalidate(KeyPattern(composed + "*")) == 1)
        #expect(try await manager.has(composed) == false)
        #expect(try await manager.get(decomposed, as: Int.self) == 2)
        try await manager.set(composed, 3)
        #expect(try await manager.delete(decomposed))
        #expect(try await manager.get(composed, as: Int.self) == 3)
    }

    @Test(arguments: Backend.allCases)
    func `tags that are canonically equivalent are different`(_ backend: Backend) async throws {
        let manager = CacheManager(backend: backend.make())
        try await manager.set("a", 1, tags: [composed])
        try await manager.set("b", 2, tags: [decomposed])
        try await manager.invalidate(tag: composed)
        #expect(try await manager.get("a", as: Int.self) == nil)
        #expect(try await manager.get("b", as: Int.self) == 2)
    }

    @Test(arguments: Backend.allCases)
    func `canonically equivalent keys share neither a flight nor its changes`(_ backend: Backend) async throws {
        let manager = CacheManager(backend: backend.make())
        let gate = Gate()
        let function = cached(ttl: 60, key: { (key: String) in key }, manager: manager) { (key: String) in
            if key.utf8.count == 5 { try await gate.pass() }
            return key.utf8.count
        }
        let first = Task { [composed] in try await function(composed) }
        await gate.waitForArrivals(1)
        #expect(try await function(decomposed) == 6)
        try await function.invalidate(decomposed)
        gate.open()
        #expect(try await first.value == 5)
        #expect(manager.statistics.discarded == 0)
        #expect(try await function.peek(composed) == 5)
    }

    @Test(arguments: Backend.allCases)
    func `keys with control characters are refused, and their functions are called`(_ backend: Backend) async throws {
        let manager = CacheManager(backend: backend.make())
        let loads = CallCounter()
        let function = cached(ttl: 60, key: { (key: String) in key }, manager: manager) { (_: String) async in
            loads.increment()
        }
        let keys = ["\0", "a\0b", "a\r\nDEL b", "\u{7F}", "a\u{85}b", "a\u{2028}b", "", " ", "\u{3000}"]
        for key in keys {
            let before = loads.count
            for call in 1...2 { #expect(try await function(key) == before + call) }
            await #expect(throws: CacheError.self) { try await manager.set(key, 1) }
            await #expect(throws: CacheError.self) { try await manager.invalidate(tag: key) }
            await #expect(throws: CacheError.self) { try await function.peek(key) }
            await #expect(throws: CacheError.self) { try await function.invalidate(key) }
        }
        #expect(manager.statistics.requests == 0)
        #expect(manager.statistics.bypasses == 2 * keys.count)
    }

    @Test(arguments: Backend.allCases)
    func `stars in keys are literal except in patterns`(_ backend: Backend) async throws {
        let manager = CacheManager(backend: backend.make())
        let function = cached(ttl: 60, key: { (key: String) in key }, manager: manager) { (key: String) async in key }
        let keys = ["*", "a*", "a*b", "axb", "a%2Ab", "[a]*", "?", "\\*"]
        for key in keys { #expect(try await function(key) == key) }
        #expect(try await function.invalidate("a*"))
        #expect(try await function.invalidate("*"))
        #expect(try await manager.delete("a*b"))
        for key in ["axb", "a%2Ab", "[a]*", "?", "\\*"] { #expect(try await function.peek(key) == key) }
        #expect(try await function.peek("a*b") == nil)
        #expect(try await manager.invalidate("a*b") == 2)
        for key in ["[a]*", "?", "\\*"] { #expect(try await function.peek(key) == key) }
        #expect(try await manager.invalidate("*") == 3)
    }
}
