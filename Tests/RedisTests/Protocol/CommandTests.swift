// SPDX-License-Identifier: Apache-2.0

import RedisClient
import Testing

/// The encoding of commands.
@Suite("Encoding of commands")
struct CommandTests {
    private func text(_ command: RedisCommand) -> String { String(decoding: command.bytes, as: UTF8.self) }

    @Test func `a command is an array of strings`() {
        #expect(text(RedisCommand("PING")) == "*1\r\n$4\r\nPING\r\n")
        #expect(text(RedisCommand([])) == "*0\r\n")
        #expect(text(RedisCommand("SET", "größe", "")) == "*3\r\n$3\r\nSET\r\n$7\r\ngröße\r\n$0\r\n\r\n")
        #expect(text(RedisCommand("SET", .bytes([0x0D, 0x0A]), 7)) == "*3\r\n$3\r\nSET\r\n$2\r\n\r\n\r\n$1\r\n7\r\n")
    }

    @Test func `integers are encoded in decimal digits`() {
        for number: Int64 in [0, 1, -1, 9, 10, 99, 100, .max, .min, 1_000_000_000_000] {
            let digits = "\(number)"
            #expect(text(RedisCommand(.integer(number))) == "*1\r\n$\(digits.utf8.count)\r\n\(digits)\r\n")
        }
    }

    @Test func `both initializers encode the same bytes`() {
        let written = RedisCommand(words: 4) { writer in
            writer.write("SET")
            writer.write("k")
            writer.write([1, 2, 3])
            writer.write(-5)
        }
        #expect(written == RedisCommand("SET", "k", .bytes([1, 2, 3]), -5))
    }

    @Test func `the parser reads encoded commands`() {
        let seed = UInt64.random(in: 0 ... .max)
        print("commands: seed \(seed)")
        var random = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            let words = (0..<Int.random(in: 1...20, using: &random)).map { _ in
                (0..<Int.random(in: 0...300, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
            }
            let parsed = Parsed(RedisCommand(words.map { .bytes($0) }).bytes)
            #expect(parsed.values == [.array(words.map { .bulk($0) })], "seed \(seed)")
        }
    }
}
