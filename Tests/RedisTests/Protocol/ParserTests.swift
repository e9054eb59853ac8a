// SPDX-License-Identifier: Apache-2.0

import RedisClient
import Testing

/// The parser, without a server.
@Suite("Parser of replies")
struct ParserTests {
    @Test func `every type is parsed`() {
        for (text, value) in ReplyCorpus.all {
            let parsed = Parsed(text)
            #expect(parsed.values == [value] && parsed.error == nil, "\(text.debugDescription): \(parsed)")
        }
    }

    @Test func `NaN is parsed`() {
        for text in [",nan\r\n", ",-nan\r\n"] {
            guard case .double(let number)? = Parsed(text).values.first else {
                Issue.record("\(text.debugDescription)")
                continue
            }
            #expect(number.isNaN)
        }
    }

    @Test func `a split does not change the values`() {
        let bytes = ReplyCorpus.bytes
        let values = ReplyCorpus.values
        for place in 0...bytes.count {
            let parsed = Parsed([bytes[..<place], bytes[place...]])
            #expect(parsed.values == values && parsed.error == nil, "split at \(place)")
        }
        #expect(Parsed(bytes.indices.map { bytes[$0...$0] }).values == values, "byte by byte")
    }

    @Test func `two splits do not change a value`() {
        for (text, value) in ReplyCorpus.all {
            let bytes = Array(text.utf8)
            for first in 0...bytes.count {
                for second in first...bytes.count {
                    let parsed = Parsed([bytes[..<first], bytes[first..<second], bytes[second...]])
                    #expect(parsed.values == [value], "\(text.debugDescription) at \(first) and \(second)")
                }
            }
        }
    }

    @Test(arguments: [
        "$-5\r\n", "$999999999999\r\n", "$99999999999999999999\r\n", "$\r\n", "$x\r\n", "$ 1\r\n", "$+1\r\n", "$01\r\n",
        "*-2\r\n", "*2147483647\r\n", "*9223372036854775807\r\n", "%-1\r\n", "%9223372036854775807\r\n", "~-1\r\n",
        ">-1\r\n", "|-1\r\n", "=-1\r\n", "!-1\r\n", ":99999999999999999999\r\n", ":9223372036854775808\r\n",
        ":-9223372036854775809\r\n", ":\r\n", ":-\r\n", ":-0\r\n", ":1.5\r\n", ":0x10\r\n", "_x\r\n", "#\r\n",
        "#true\r\n",
        ",\r\n", ",0x1p3\r\n", ",infinity\r\n", ",1,5\r\n", "(\r\n", "(-\r\n", "(1e5\r\n", "=3\r\ntxt\r\n",
        "=4\r\ntext\r\n",
        "\r\n", "\n", "+OK\n", "+O\rK\r\n", "\r", "$1\r\nabc\r\n", "$3\r\nabc\n\r", "HTTP/1.1 400 Bad Request\r\n",
        "*1\r\n>1\r\n:1\r\n", "*2\r\n:1\r\n>0\r\n", "\u{0}\r\n", "*1\r\n\r\n",
    ])
    func `invalid bytes are an error`(text: String) {
        // A single CR is the beginning of an incomplete line.
        let parsed = Parsed(text == "\r" ? "\rx\r\n" : text)
        #expect(parsed.values.isEmpty)
        #expect(parsed.error != nil)
        let bytes = Array((text == "\r" ? "\rx\r\n" : text).utf8)
        for place in 0...bytes.count {
            #expect(Parsed([bytes[..<place], bytes[place...]]) == parsed, "split at \(place)")
        }
    }

    @Test func `values before an error are delivered`() {
        let parsed = Parsed("+OK\r\n:1\r\n?\r\n+never\r\n")
        #expect(parsed.values == [.simple("OK"), .integer(1)])
        #expect(parsed.error != nil)
    }

    @Test(arguments: ["*1\r\n", "%1\r\n+k\r\n", "~1\r\n", "|1\r\n+k\r\n"])
    func `the depth is bounded`(level: String) {
        let limit = RESPLimits().depth
        #expect(Parsed(String(repeating: level, count: limit)).error == nil)
        #expect(Parsed(String(repeating: level, count: limit + 1)).error?.contains("deep") == true)
        #expect(Parsed(String(repeating: level, count: 10_000)).error?.contains("deep") == true)
    }

    @Test func `the length of lines is bounded`() {
        var limits = RESPLimits()
        limits.line = 10
        #expect(Parsed("+12345678\r\n", limits: limits).error == nil)
        #expect(Parsed("+1234567890\r\n", limits: limits).error?.contains("line") == true)
        // Also an incomplete line.
        let endless = Array("+12345678901".utf8)
        #expect(Parsed(endless.indices.map { endless[$0...$0] }, limits: limits).error?.contains("line") == true)
        #expect(Parsed([UInt8](repeating: 0x2B, count: 1 << 20)).error?.contains("line") == true)
    }

    @Test func `the length of strings is bounded`() {
        var limits = RESPLimits()
        limits.string = 4
        #expect(Parsed("$4\r\nabcd\r\n", limits: limits).values == [.text("abcd")])
        #expect(Parsed("$5\r\nabcde\r\n", limits: limits).error != nil)
        #expect(Parsed("!5\r\nabcde\r\n", limits: limits).error != nil)
    }

    @Test func `the number of elements of a reply is bounded`() {
        var limits = RESPLimits()
        limits.elements = 6
        #expect(Parsed("*6\r\n:1\r\n:1\r\n:1\r\n:1\r\n:1\r\n:1\r\n", limits: limits).error == nil)
        #expect(Parsed("*7\r\n", limits: limits).error != nil)
        #expect(Parsed("%4\r\n", limits: limits).error != nil)
        #expect(Parsed("*3\r\n*2\r\n:1\r\n:1\r\n*2\r\n:1\r\n:1\r\n*0\r\n", limits: limits).error?.contains("6") == true)
        // The limit applies to each reply.
        #expect(Parsed(String(repeating: "*2\r\n:1\r\n:1\r\n", count: 20), limits: limits).error == nil)
        #expect(Parsed(String(repeating: "|0\r\n", count: 7), limits: limits).error != nil)
    }

    @Test func `announced lengths are not allocated`() {
        // 32 levels of a million elements each, and a string of 512 MiB.
        for text in [String(repeating: "*1048576\r\n", count: 32), "$536870912\r\nab"] {
            let parsed = Parsed(text)
            #expect(parsed.values.isEmpty && parsed.error == nil)
        }
    }
}
