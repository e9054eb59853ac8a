// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import Foundation
import Testing

/// An entry of one type is not read as another, and memory and bytes agree which types differ.
struct TypeTagTests {
    private enum Colour: String, Codable { case red }
    private final class Reference: Codable, Sendable {}
    private struct Wrapper<Content: Codable & Sendable>: Codable, Sendable { var content: Content }

    /// Returns whether a value of one type is found as another, in memory and in bytes.
    private func isFound<Stored: Codable & Sendable, Asked: Codable & Sendable>(
        _ value: Stored,
        as type: Asked.Type
    ) throws -> (inMemory: Bool, inBytes: Bool) {
        let entry = CacheEntry(value, codec: .json, createdAt: 0, expiresAt: nil)
        let read = try CacheEntry(encoded: entry.encoded(for: "k"), for: "k")
        return (try isReadable(entry, as: type), try isReadable(read, as: type))
    }

    private func isReadable<Asked: Codable & Sendable>(_ entry: CacheEntry, as type: Asked.Type) throws -> Bool {
        do {
            _ = try entry.value(as: type, codec: .json)
            return true
        } catch let error as CacheEntryError {
            #expect(error.kind == .otherType)
            return false
        }
    }

    @Test func anotherTypeIsAMissInMemoryAndInBytes() throws {
        let answers = [
            try isFound(1, as: Int64.self), try isFound(1, as: Int?.self), try isFound(Int?.some(1), as: Int.self),
            try isFound(Int?.none, as: String?.self), try isFound(Date(timeIntervalSince1970: 5), as: Double.self),
            try isFound(1.0, as: Float.self), try isFound(1.5, as: Date.self), try isFound(1, as: Double.self),
            try isFound([1], as: Set<Int>.self), try isFound([1], as: [Int?].self), try isFound([1], as: [Int64].self),
            try isFound(UUID(), as: String.self), try isFound(Colour.red, as: String.self),
            try isFound("red", as: Colour.self), try isFound(["a": 1], as: [String: Int64].self),
            try isFound(Wrapper(content: 1), as: Wrapper<Int64>.self),
            try isFound(Int??.some(nil), as: Int?.self), try isFound(true, as: Int.self),
            try isFound(Reference(), as: Reference?.self), try isFound([UInt8(1)], as: Data.self),
            try isFound(URL(string: "a:b"), as: URL.self),
        ]
        for (index, answer) in answers.enumerated() {
            #expect(!answer.inMemory, "pair \(index)")
            #expect(!answer.inBytes, "pair \(index)")
        }
    }

    @Test func theSameTypeIsFoundInMemoryAndInBytes() throws {
        struct Local: Codable, Sendable { var number = 1 }
        let answers = [
            try isFound(1, as: Int.self), try isFound(Int?.none, as: Int?.self), try isFound(Local(), as: Local.self),
            try isFound(Date(), as: Date.self), try isFound(Wrapper(content: [1]), as: Wrapper<[Int]>.self),
            try isFound(Colour.red, as: Colour.self), try isFound(Reference(), as: Reference.self),
            try isFound(Optional.some("a"), as: Optional<String>.self),
        ]
        for (index, answer) in answers.enumerated() {
            #expect(answer.inMemory, "type \(index)")
            #expect(answer.inBytes, "type \(index)")
        }
    }

    @Test func `functions of one name and different results do not share entries in bytes`() async throws {
        let manager = CacheManager(backend: RecordingBackend(storage: .bytes), timeout: .seconds(30))
        let count = cached(ttl: 60, manager: manager, name: "city") { (_: String) async -> Int in 4_000_000 }
        let temperature = cached(ttl: 60, manager: manager, name: "city") { (_: String) async -> Double in 21.5 }
        #expect(try await count("Oslo") == 4_000_000)
        #expect(try await temperature("Oslo") == 21.5)
    }

    @Test func aWriterWithoutTagsIsReadAsAnyType() throws {
        let entry = CacheEntry(
            value: EncodedValue(Array("5".utf8)),
            createdAt: 0,
            freshUntil: nil,
            expiresAt: nil,
            tags: []
        )
        let read = try CacheEntry(encoded: entry.encoded(for: "k"), for: "k")
        #expect(try read.value(as: Int.self, codec: .json) == 5)
        #expect(try read.value(as: Double?.self, codec: .json) == 5)
    }

    @Test func anotherCodecDoesNotReadTheBytes() throws {
        func codec(_ id: UInt8) -> CacheCodec<Int> {
            CacheCodec(id: id, encode: { Array("\($0)".utf8) }, decode: { Int(String(decoding: $0, as: UTF8.self))! })
        }
        func stored(by codec: CacheCodec<Int>) throws -> CacheEntry {
            let entry = CacheEntry(5, codec: codec, createdAt: 0, expiresAt: nil)
            return try CacheEntry(encoded: entry.encoded(for: "k"), for: "k")
        }
        #expect(try stored(by: codec(200)).value(as: Int.self, codec: codec(200)) == 5)
        #expect(try stored(by: codec(0)).value(as: Int.self, codec: codec(200)) == 5)
        #expect(try stored(by: codec(200)).value(as: Int.self, codec: codec(0)) == 5)
        let error = #expect(throws: CacheEntryError.self) {
            try stored(by: codec(200)).value(as: Int.self, codec: .json)
        }
        #expect(error?.kind == .otherType)
    }

    @Test func typesThatAgreeOnANameShareEntries() throws {
        struct User: Codable, Sendable, Equatable { var name: String }
        struct Member: Codable, Sendable, Equatable { var name: String }
        let entry = CacheEntry(User(name: "Ada"), codec: .json(type: "user"), createdAt: 0, expiresAt: nil)
        let read = try CacheEntry(encoded: entry.encoded(for: "k"), for: "k")
        #expect(try read.value(as: Member.self, codec: .json(type: "user")) == Member(name: "Ada"))
        #expect(throws: CacheEntryError.self) { try read.value(as: User.self, codec: .json) }
    }

    @Test func aTagIsTheSameEachTimeAndNeverZero() {
        #expect(TypeTag.of(Int.self) == TypeTag.of(Int.self))
        #expect(TypeTag.of(Int.self) == TypeTag.named("Swift.Int"))
        #expect(TypeTag.of(Colour.self) == TypeTag.named("CachingTests.TypeTagTests..Colour"))
        #expect(TypeTag.named("") != 0)
    }
}
