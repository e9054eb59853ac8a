// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import Foundation
import Testing

@Suite("Sizes of values in a capacity of bytes")
struct EncodedSizeTests {
    private let backend = MemoryBackend(capacity: .encodedBytes(1_000_000), clock: ManualClock())

    /// Returns the cost of a value without that of its key.
    private func size<Value: Sendable>(_ value: Value, _ codec: CacheCodec<Value>) async throws -> Int {
        try await backend.set("k", CacheEntry(value, codec: codec, createdAt: 0, expiresAt: nil), ttl: nil)
        return backend.cost - 1
    }

    @Test func textsAndBytesHaveTheSizeOfTheirBytes() async throws {
        #expect(try await size("größe\n\"", .json) == 9)
        #expect(try await size([UInt8](repeating: 200, count: 1000), .json) == 1000)
        #expect(try await size(Data(repeating: 200, count: 1000), .json) == 1000)
        #expect(try await size("", .cbor) == 0)
    }

    @Test func textsAndBytesNeedNoCodec() async throws {
        let refusing = CacheCodec<String>(
            encode: { _ in throw SourceFailure() },
            decode: { _ in throw SourceFailure() }
        )
        #expect(try await size("12345", refusing) == 5)
    }

    @Test func otherValuesHaveTheSizeOfTheirCBOR() async throws {
        let person = Person(name: "Ada", nickname: nil)
        let size = try CacheCodec<Person>.cbor.encode(person).count
        #expect(try await self.size(person, .cbor) == size)
        let manager = CacheManager(backend: backend, timeout: .seconds(30))
        try await manager.set("k", person)
        #expect(backend.cost == 1 + size)
        #expect(try await manager.get("k", as: Person.self) == person)
        await manager.shutdown()
    }

    @Test func aCodecThatWasGivenMeasures() async throws {
        #expect(try await size([1.5, 2.5], .json) == 9)
        let codec = CacheCodec<Int>(encode: { [UInt8](repeating: 0, count: $0) }, decode: { $0.count })
        #expect(try await size(77, codec) == 77)
    }

    @Test func `what is too deep for CBOR has the size of its JSON`() async throws {
        struct Nested: Codable, Sendable {
            var inner: [Nested]
        }
        let value = (0..<100).reduce(Nested(inner: [])) { inner, _ in Nested(inner: [inner]) }
        #expect(throws: (any Error).self) { try CacheCodec<Nested>.cbor.encode(value) }
        let manager = CacheManager(backend: backend, timeout: .seconds(30))
        try await manager.set("k", value)
        #expect(backend.cost == 1 + (try CacheCodec<Nested>.json.encode(value).count))
        await manager.shutdown()
    }
}
