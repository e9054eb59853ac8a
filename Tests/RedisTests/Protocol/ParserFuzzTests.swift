// SPDX-License-Identifier: Apache-2.0

import Foundation
import RedisClient
import Testing

/// The parser with random and damaged replies.
@Suite("Parser fuzzing")
struct ParserFuzzTests {
    /// The number of parsed bytes; `.ci/run` sets ten million in an optimised build.
    private static let total = Int(ProcessInfo.processInfo.environment["CACHING_FUZZ_BYTES"] ?? "") ?? 300_000

    @Test func `random replies are parsed`() {
        let seed = UInt64.random(in: 0 ... .max)
        print("random replies: seed \(seed)")
        var replies = RandomReplies(random: SeededGenerator(seed: seed))
        var count = 0
        while count < Self.total / 4 {
            let some = (0..<20).map { _ in replies.next() }
            let bytes = some.flatMap(\.bytes)
            count += bytes.count
            let parsed = Parsed(replies.pieces(of: bytes))
            #expect(parsed.error == nil, "seed \(seed)")
            #expect(parsed.values.map(\.canonical) == some.map(\.canonical), "seed \(seed)")
        }
    }

    @Test func `splits do not change the values and errors of random bytes`() {
        let seed = UInt64.random(in: 0 ... .max)
        print("damaged replies: seed \(seed)")
        var replies = RandomReplies(random: SeededGenerator(seed: seed))
        var (count, errors) = (0, 0)
        while count < Self.total {
            var bytes: [UInt8]
            if Int.random(in: 0..<4, using: &replies.random) == 0 {
                // Half of them are bytes with a meaning in the protocol.
                let alphabet = Array("$*%~>|=!+-:,(#_0123456789\r\n\r\n\r\n".utf8)
                bytes = (0..<200).map { _ in
                    Bool.random(using: &replies.random)
                        ? alphabet.randomElement(using: &replies.random) ?? 0
                        : UInt8.random(in: 0...255, using: &replies.random)
                }
            } else {
                bytes = (0..<5).flatMap { _ in replies.next().bytes }
                mutate(&bytes, &replies.random)
            }
            count += bytes.count
            let whole = Parsed(bytes)
            let split = Parsed(replies.pieces(of: bytes))
            #expect(whole.values.map(\.canonical) == split.values.map(\.canonical), "seed \(seed)")
            #expect(whole.error == split.error, "seed \(seed)")
            if whole.error != nil { errors += 1 }
        }
        #expect(errors > 0)
    }

    private func mutate(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
        for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 1: bytes.remove(at: place)
            case 2: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
            case 3: bytes.insert(contentsOf: Array("99999999999".utf8), at: place)
            default: bytes.removeLast(bytes.count - place)
            }
        }
    }
}
