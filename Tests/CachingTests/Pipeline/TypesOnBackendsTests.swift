// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import Foundation
import Testing

/// Tests that reads with another type have the same results in memory and in bytes, and change nothing.
@Suite("Reads with another type")
struct TypesOnBackendsTests {
    private struct User: Codable, Sendable, Hashable { var name = "Ada" }
    private enum Colour: String, Codable { case red }
    private struct Page<Content: Codable & Sendable>: Codable, Sendable { var content: Content }

    /// The results of the reads of a cache.
    private struct Answers: Equatable {
        var get = false
        var peek = false
        var getOrSet = false
        var call = false
        var isStillThere = false
        var isReplacedByTheCall = false
    }

    private static let backends: [@Sendable () -> any CacheBackend] = [
        { MemoryBackend() }, { RecordingBackend() }, { RecordingBackend(storage: .bytes) }, { ByteStore() },
        { MemoryInFront(memory: MemoryBackend(), base: ByteStore()) },
    ]

    /// Stores a value, reads it as another type, and returns the results for each backend.
    private func read<Stored: Codable & Sendable, Requested: Codable & Sendable>(
        _ value: Stored,
        as other: Requested
    ) async throws -> [Answers] {
        var all: [Answers] = []
        for make in Self.backends {
            let manager = CacheManager(backend: make())
            let loads = CallCounter()
            let function = cached(ttl: 60, key: "k", manager: manager) { () async in
                loads.increment()
                return other
            }
            var answers = Answers()
            try await manager.set("k", value)
            answers.get = try await manager.get("k", as: Requested.self) != nil
            answers.peek = try await function.peek() != nil
            answers.isStillThere = try await manager.get("k", as: Stored.self) != nil
            _ = try await function()
            answers.call = loads.count == 0
            answers.isReplacedByTheCall = try await manager.get("k", as: Stored.self) == nil
            try await manager.set("k", value)
            _ = try await manager.getOrSet("k") { () async -> Requested in
                loads.increment()
                return other
            }
            answers.getOrSet = loads.count < 2
            #expect(manager.statistics.backendFailures == 0)
            all.append(answers)
            await manager.shutdown()
        }
        return all
    }

    @Test func `a read with another type is a miss on every backend and removes nothing`() async throws {
        let time = Date(timeIntervalSince1970: 5)
        let pairs = [
            try await read(1, as: Int64(1)), try await read(1, as: Int?.some(1)), try await read(Int?.some(1), as: 1),
            try await read(Int?.none, as: String?.none), try await read(1, as: 1.0), try await read(1.0, as: Float(1)),
            try await read(time, as: 5.0), try await read(UUID(), as: "text"), try await read(Colour.red, as: "red"),
            try await read("red", as: Colour.red), try await read([1], as: Set([1])),
            try await read([1], as: [Int?.some(1)]),
            try await read(["a": 1], as: ["a": Int64(1)]), try await read(User(), as: User?.some(User())),
            try await read(Page(content: 1), as: Page(content: "1")), try await read(true, as: 1),
            try await read(Int??.some(nil), as: Int?.none), try await read(URL(string: "a:b")!, as: "a:b"),
        ]
        let missed = Answers(isStillThere: true, isReplacedByTheCall: true)
        for (number, answers) in pairs.enumerated() {
            for (backend, answer) in answers.enumerated() { #expect(answer == missed, "pair \(number) on \(backend)") }
        }
    }

    @Test func `a read with the stored type is a hit on every backend`() async throws {
        let pairs = [
            try await read(1, as: 2), try await read(Int?.none, as: Int?.some(2)), try await read("a", as: "b"),
            try await read(User(), as: User(name: "Grace")), try await read([1], as: [2]),
            try await read(Page(content: [1]), as: Page(content: [2])), try await read(Colour.red, as: Colour.red),
        ]
        let found = Answers(get: true, peek: true, getOrSet: true, call: true, isStillThere: true)
        for (number, answers) in pairs.enumerated() {
            for (backend, answer) in answers.enumerated() { #expect(answer == found, "type \(number) on \(backend)") }
        }
    }

    /// A caller that joins the flight of a function of another type calls its own function.
    @Test func `two functions of different types in one flight get their own values`() async throws {
        let backend = RecordingBackend(storage: .bytes)
        let manager = CacheManager(backend: backend, clock: ManualClock())
        let number = cached(ttl: 60, key: "k", manager: manager) { () async in 42 }
        let text = cached(ttl: 60, key: "k", manager: manager) { () async in "forty-two" }
        for stored in [nil, 7] as [Int?] {
            try await manager.clear()
            if let stored { try await manager.set("k", stored) }
            backend.script.hang(.get, times: 1)
            let events = manager.events()
            let first = Task { try await number() }
            await backend.script.waitForHanging(1)
            let others = (0..<20).map { index in
                Task { index.isMultiple(of: 2) ? "\(try await number())" : try await text() }
            }
            await events.waitForJoiners(20)
            backend.script.releaseHanging()
            let expected = stored ?? 42
            #expect(try await first.value == expected)
            for (index, other) in others.enumerated() {
                #expect(try await other.value == (index.isMultiple(of: 2) ? "\(expected)" : "forty-two"))
            }
        }
    }
}
