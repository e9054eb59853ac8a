// SPDX-License-Identifier: Apache-2.0

import Caching
import Testing

struct EnvelopeTests {
    private let entry = CacheEntry(
        value: EncodedValue(Array("value".utf8), codecID: 1, typeTag: 42),
        createdAt: 7,
        freshUntil: 8,
        expiresAt: 9,
        tags: ["a", "é"],
        tagStamps: [0, 5],
        loadDuration: .milliseconds(3)
    )

    @Test func everythingComesBack() throws {
        let read = try CacheEntry(encoded: entry.encoded(for: "key"), for: "key")
        #expect(try read.value.encoded() == Array("value".utf8))
        #expect(read.value.codecID == 1)
        #expect(read.value.typeTag == 42)
        #expect(read.createdAt == 7)
        #expect(read.freshUntil == 8)
        #expect(read.expiresAt == 9)
        #expect(read.tags == ["a", "é"])
        #expect(read.tagStamps == [0, 5])
        #expect(read.loadDuration == .milliseconds(3))
    }

    @Test func `fields that are not known stay unknown`() throws {
        let entry = CacheEntry(1, codec: .json, createdAt: 0, expiresAt: nil, tags: ["a"])
        let read = try CacheEntry(encoded: entry.encoded(for: "key"), for: "key")
        #expect(read.freshUntil == nil)
        #expect(read.expiresAt == nil)
        #expect(read.tagStamps.isEmpty)
        #expect(read.loadDuration == nil)
        #expect(read.value.codecID == CacheCodec<Int>.json.id)
        #expect(read.value.typeTag == CacheCodec<Int>.json.typeTag)
    }

    @Test(
        arguments: [
            (.nanoseconds(1), .microseconds(1)), (.zero, nil), (.seconds(-1), nil),
            (.seconds(Int64.max), .microseconds(Int64(UInt32.max))), (.seconds(4293), .seconds(4293)),
        ] as [(Duration, Duration?)]
    )
    func theDurationOfALoadSaturates(duration: Duration, stored: Duration?) throws {
        let entry = CacheEntry(
            value: EncodedValue([]),
            createdAt: 0,
            freshUntil: nil,
            expiresAt: nil,
            tags: [],
            loadDuration: duration
        )
        #expect(try CacheEntry(encoded: entry.encoded(for: "k"), for: "k").loadDuration == stored)
    }

    @Test func anEntryCutAtAnyLengthIsDamaged() throws {
        let bytes = try entry.encoded(for: "key")
        for length in 0..<bytes.count { #expect(kind(Array(bytes.prefix(length))) == .damaged, "\(length)") }
    }

    @Test func anEntryWithAnyBitFlippedIsRefused() throws {
        let bytes = try entry.encoded(for: "key")
        for index in bytes.indices {
            for bit in 0..<8 {
                var damaged = bytes
                damaged[index] ^= 1 << UInt8(bit)
                // The format is read before the checksum, which a newer format may have elsewhere.
                let isNewer = index == 2 && damaged[2] > bytes[2]
                #expect(kind(damaged) == (isNewer ? .unknownFormat : .damaged), "byte \(index), bit \(bit)")
            }
        }
    }

    @Test func anEntryOfAnotherKeyIsRefused() throws {
        let error = try #require(throws: CacheEntryError.self) {
            try CacheEntry(encoded: entry.encoded(for: "key"), for: "other")
        }
        #expect(error.kind == .otherKey)
        #expect("\(error)" == #"the entry belongs to the key "key""#)
    }

    @Test(arguments: [0x01, 0x10, 0x20, 0x40, 0x80, 0xFF] as [UInt8])
    func aFlagThatMustBeUnderstoodIsRefused(flags: UInt8) throws {
        var bytes = try entry.encoded(for: "key")
        bytes[8] = flags
        #expect(kind(sealed(bytes)) == .unknownFormat)
    }

    @Test(arguments: [0x02, 0x04, 0x08] as [UInt8])
    func aFlagThatMayBeIgnoredIs(flags: UInt8) throws {
        var bytes = try entry.encoded(for: "key")
        bytes[8] = flags
        #expect(kind(sealed(bytes)) == nil)
    }

    @Test func `an extension of a later version is skipped`() throws {
        var bytes = try CacheEntry(77, codec: .json, createdAt: 0, expiresAt: nil).encoded(for: "key")
        // The length of the extension is the last four bytes before the value.
        bytes.replaceSubrange((bytes.count - 6)..<(bytes.count - 2), with: [3, 0, 0, 0, 1, 2, 3])
        let read = try CacheEntry(encoded: sealed(bytes), for: "key")
        #expect(try read.value(as: Int.self, codec: .json) == 77)
    }

    @Test(
        arguments: [
            (-1, nil, nil), (.max, nil, nil), (0, .min, nil), (0, .max - 1, nil), (0, nil, .min), (0, 6, 5),
            (0, nil, 5), (.min, .min, .min),
        ] as [(Int64, Int64?, Int64?)]
    )
    func `impossible times are neither written nor read`(created: Int64, fresh: Int64?, expires: Int64?) throws {
        let impossible = CacheEntry(
            value: EncodedValue([]),
            createdAt: created,
            freshUntil: fresh,
            expiresAt: expires,
            tags: []
        )
        let error = #expect(throws: CacheEntryError.self) { try impossible.encoded(for: "key") }
        #expect(error?.kind == .unencodable)
        var bytes = try entry.encoded(for: "key")
        for (place, time) in [(17, created), (25, fresh ?? .max), (33, expires ?? .max)] {
            withUnsafeBytes(of: time.littleEndian) { bytes.replaceSubrange(place..<(place + 8), with: $0) }
        }
        #expect(kind(sealed(bytes)) == .damaged)
    }

    @Test func moreTagsThanFitAreAnError() throws {
        func entry(_ count: Int) -> CacheEntry {
            CacheEntry(1, codec: .json, createdAt: 0, expiresAt: nil, tags: (0..<count).map { "\($0)" })
        }
        #expect(try CacheEntry(encoded: entry(65_535).encoded(for: "k"), for: "k").tags.count == 65_535)
        let error = #expect(throws: CacheEntryError.self) { try entry(65_536).encoded(for: "k") }
        #expect(error?.description == "the entry has 65536 tags, and 65535 are accepted")
    }

    @Test func `bytes that only look like an entry never trap`() throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededGenerator(seed: seed)
        let good = try entry.encoded(for: "key")
        var readable = 0
        for round in 0..<20_000 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: 7..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            if round.isMultiple(of: 3) { bytes.removeLast(Int.random(in: 0...(bytes.count - 7), using: &random)) }
            // An attacker computes the right checksum.
            if kind(sealed(bytes)) == nil { readable += 1 }
            bytes = (0..<Int.random(in: 0...80, using: &random)).map { _ in .random(in: 0...255, using: &random) }
            #expect(kind(bytes) != nil, "seed \(seed)")
        }
        #expect(readable > 0, "seed \(seed)")
    }

    /// Returns the kind of error of bytes that are no entry; nil when they are an entry.
    private func kind(_ bytes: [UInt8]) -> CacheEntryError.Kind? {
        do {
            _ = try CacheEntry(encoded: bytes, for: "key")
            return nil
        } catch {
            return (error as? CacheEntryError)?.kind
        }
    }

    /// Returns bytes with their right checksum.
    private func sealed(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        let sum = bytes[7...].withUnsafeBytes { CRC32.checksum($0) }
        withUnsafeBytes(of: sum.littleEndian) { bytes.replaceSubrange(3..<7, with: $0) }
        return bytes
    }
}
