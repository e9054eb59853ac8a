// SPDX-License-Identifier: Apache-2.0

import AllocationCounter
import Caching
import Foundation
import Testing

@Suite("Bytes that are no CBOR, or not what was expected")
struct CBORHostileTests {
    /// Types of every kind of container.
    private static func decodeAll(_ bytes: [UInt8]) {
        _ = try? CacheCodec<AnyValue>.cbor.decode(bytes)
        _ = try? CacheCodec<CBORCodableTests.Everything>.cbor.decode(bytes)
        _ = try? CacheCodec<[CBORCodableTests.Shape]>.cbor.decode(bytes)
        _ = try? CacheCodec<Date??>.cbor.decode(bytes)
        _ = try? CacheCodec<Decimal>.cbor.decode(bytes)
        _ = try? CacheCodec<[Int: Data]>.cbor.decode(bytes)
        _ = try? CacheCodec<Derived>.cbor.decode(bytes)
        _ = try? CacheCodec<Float>.cbor.decode(bytes)
    }

    @Test func randomBytesNeverTrap() {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed of randomBytesNeverTrap: \(seed)")
        var random = SeededGenerator(seed: seed)
        for _ in 0..<1500 {
            Self.decodeAll(
                (0..<Int.random(in: 0..<60, using: &random)).map { _ in .random(in: 0...255, using: &random) }
            )
        }
    }

    @Test func randomItemsNeverTrap() {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed of randomItemsNeverTrap: \(seed)")
        var random = SeededGenerator(seed: seed)
        for _ in 0..<1500 {
            var bytes: [UInt8] = []
            Self.appendItem(4, to: &bytes, using: &random)
            Self.decodeAll(bytes)
        }
    }

    /// An item that is well-formed in most places.
    private static func appendItem(_ depth: Int, to bytes: inout [UInt8], using random: inout SeededGenerator) {
        let major = UInt8.random(in: 0...7, using: &random)
        let count = UInt8.random(in: 0...(depth > 0 ? 5 : 0), using: &random)
        switch major {
        case 2, 3:
            bytes.append(major << 5 | count)
            for _ in 0..<count { bytes.append(.random(in: 0x30...0x39, using: &random)) }
        case 4, 5:
            let isIndefinite = Bool.random(using: &random)
            bytes.append(major << 5 | (isIndefinite ? 31 : count))
            for _ in 0..<Int(count) * Int(major - 3) { appendItem(depth - 1, to: &bytes, using: &random) }
            if isIndefinite { bytes.append(0xFF) }
        case 6:
            let tags: [[UInt8]] = [[0xC0], [0xC1], [0xC2], [0xC3], [0xC4], [0xD9, 0x03, 0xE9], [0xD8, 0x20]]
            bytes += tags[Int.random(in: tags.indices, using: &random)]
            appendItem(depth, to: &bytes, using: &random)
        default:
            let info = UInt8.random(in: 0...27, using: &random)
            bytes.append(major << 5 | info)
            for _ in 0..<(info < 24 ? 0 : 1 << (info - 24)) { bytes.append(.random(in: 0...255, using: &random)) }
        }
    }

    @Test func flippedBitsAndTruncationsNeverTrap() throws {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed of flippedBitsAndTruncationsNeverTrap: \(seed)")
        var random = SeededGenerator(seed: seed)
        let good = try CacheCodec<CBORCodableTests.Everything>.cbor.encode(CBORCodableTests.Everything())
        for count in good.indices {
            #expect(throws: DecodingError.self) { try CacheCodec<AnyValue>.cbor.decode(Array(good[..<count])) }
        }
        for _ in 0..<1500 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                bytes[Int.random(in: bytes.indices, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            }
            Self.decodeAll(bytes)
        }
    }

    @Test(arguments: [
        "", "5bffffffffffffffff", "7bffffffffffffffff61", "9bffffffffffffffff", "bbffffffffffffffff",
        "9b7fffffffffffffff00",
        "bb8000000000000000", "bb400000000000000000", "9affffffff", "5affffffff", "1c", "1f", "3f", "df", "fe", "f800",
        "f81f",
        "ff", "81ff", "a1ff", "a100", "bf00ff", "9f", "bf", "5f", "7f", "5f00ff", "5f6161ff", "5f5f4100ffff",
        "7f4100ff",
        "c0", "9fc0ff", "0000", "62c328", "61ff", "62eda080", "63eda080", "64f4908080", "62c080", "7f61c361bcff",
    ])
    func whatIsNotWellFormedIsAnError(hex: String) {
        #expect(throws: DecodingError.self) { try cborValue(AnyValue.self, hex) }
        #expect(throws: DecodingError.self) { try cborValue(Data.self, hex) }
        #expect(throws: DecodingError.self) { try cborValue([Int: Int]?.self, hex) }
    }

    @Test(arguments: ["a2616101616102", "a3616201616101616202", "a201020103", "bf616101616102ff", "a261610178016102"])
    func aKeyThatOccursTwiceIsAnError(hex: String) {
        #expect(throws: DecodingError.self) { try cborValue([String: Int].self, hex) }
    }

    @Test(arguments: ["80", "a0", "9f", "bf", "c1", "d9d9f7", "a161", "8180"])
    func whatIsNestedDeepIsReadOrRefusedOnASmallStack(unit: String) throws {
        let unit = Hex.bytes(unit)
        try SmallStack.run {
            for depth in [60, 128, 129, 5000] {
                Self.decodeAll(Array(repeatElement(unit, count: depth).joined()))
                Self.decodeAll(Array(repeatElement([0x81], count: depth).joined()) + [0x00])
                Self.decodeAll(Array(repeatElement([0xA1, 0x61, 0x61], count: depth).joined()) + [0x00])
                Self.decodeAll(
                    Array(repeatElement([0x9F], count: depth).joined()) + Array(repeatElement(0xFF, count: depth))
                )
            }
        }
    }

    @Test func nestingIsRefusedWhereItsLimitIs() throws {
        func nested(_ depth: Int) -> [UInt8] { Array(repeating: 0x81, count: depth - 1) + [0x80] }
        struct Ignoring: Codable { init(from decoder: any Decoder) throws {} }
        _ = try CacheCodec<Ignoring>.cbor.decode(nested(CBORLimits.depth))
        #expect(throws: DecodingError.self) { try CacheCodec<Ignoring>.cbor.decode(nested(CBORLimits.depth + 1)) }
        // Tags are not levels, however many there are.
        #expect(try CacheCodec<Int>.cbor.decode(Array(repeating: 0xC6, count: 10_000) + [5]) == 5)
    }

    @Test func whatIsWrittenCanBeReadOnASmallStackAtAnyDepth() throws {
        try SmallStack.run {
            var deepest = 0
            for depth in 1...100 {
                guard let bytes = try? CacheCodec<Tree>.cbor.encode(Tree(depth: depth)) else { continue }
                deepest = depth
                let read = try CacheCodec<Tree>.cbor.decode(bytes)
                guard read.depth == depth else { throw SourceFailure() }
            }
            // Fewer than in a release build, whose frames are smaller.
            guard (10...CBORLimits.depth / 2).contains(deepest) else { throw SourceFailure() }
            guard (try? CacheCodec<Endless>.cbor.encode(Endless())) == nil else { throw SourceFailure() }
            guard (try? CacheCodec<Endless>.cbor.decode([0])) == nil else { throw SourceFailure() }
        }
    }

    @Test func aGiantCountAllocatesNothingForIt() throws {
        guard allocation_counter_is_available() else { return }
        let hostile = [Hex.bytes("9bffffffffffffffff"), Hex.bytes("9a7fffffff") + Array(repeating: 0, count: 100)]
        for bytes in hostile {
            let before = allocation_counter_count()
            for _ in 0..<100 { _ = try? CacheCodec<[Int]>.cbor.decode(bytes) }
            #expect(allocation_counter_count() - before < 5000)
        }
    }

    @Test func anErrorHasNoValueInIt() throws {
        let secret = "hunter2hunter2hunter2"
        let bytes = try CacheCodec<[String: String]>.cbor.encode(["password": secret])
        let error = #expect(throws: DecodingError.self) { try CacheCodec<[String: Int]>.cbor.decode(bytes) }
        let text = error.map { "\($0)" } ?? ""
        #expect(text.contains("password") && !text.contains(secret))
    }
}

/// A tree of one branch.
private struct Tree: Codable {
    var children: [Tree]

    init(depth: Int) { children = depth > 1 ? [Tree(depth: depth - 1)] : [] }

    var depth: Int { 1 + (children.first?.depth ?? 0) }
}

/// A value that is itself.
private struct Endless: Codable {
    init() {}
    init(from decoder: any Decoder) throws { self = try decoder.singleValueContainer().decode(Endless.self) }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(self)
    }
}

/// A thread with as much stack as those that Swift concurrency and Dispatch make.
private enum SmallStack {
    static func run(_ body: @escaping @Sendable () throws -> Void) throws {
        let outcome = Outcome()
        let thread = Thread { outcome.set(Result(catching: body)) }
        thread.stackSize = 512 * 1024
        thread.start()
        try outcome.wait().get()
    }

    private final class Outcome: Sendable {
        // Written before the signal and read after it.
        nonisolated(unsafe) private var result: Result<Void, any Error> = .success(())
        private let done = DispatchSemaphore(value: 0)

        func set(_ result: Result<Void, any Error>) {
            self.result = result
            done.signal()
        }

        func wait() -> Result<Void, any Error> {
            done.wait()
            return result
        }
    }
}
