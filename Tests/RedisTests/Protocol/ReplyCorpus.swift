// SPDX-License-Identifier: Apache-2.0

import RedisClient

/// Replies of every type and their values.
enum ReplyCorpus {
    static let all: [(text: String, value: RESPValue)] = [
        ("+OK\r\n", .simple("OK")), ("+\r\n", .simple("")), ("+größe\r\n", .simple("größe")),
        ("-ERR no such thing\r\n", .error(RedisServerError("ERR no such thing"))),
        (":0\r\n", .integer(0)), (":-1\r\n", .integer(-1)),
        (":9223372036854775807\r\n", .integer(.max)), (":-9223372036854775808\r\n", .integer(.min)),
        ("$0\r\n\r\n", .text("")), ("$7\r\na\r\nb\u{0}\r\n\r\n", .text("a\r\nb\u{0}\r\n")), ("$-1\r\n", .null),
        ("*0\r\n", .array([])), ("*-1\r\n", .null), ("_\r\n", .null),
        ("*3\r\n:1\r\n$2\r\nhi\r\n*1\r\n$-1\r\n", .array([.integer(1), .text("hi"), .array([.null])])),
        ("*2\r\n*0\r\n-ERR in it\r\n", .array([.array([]), .error(RedisServerError("ERR in it"))])),
        ("#t\r\n", .boolean(true)), ("#f\r\n", .boolean(false)),
        (",1.5\r\n", .double(1.5)), (",-2e-3\r\n", .double(-0.002)), (",10\r\n", .double(10)),
        (",inf\r\n", .double(.infinity)), (",-inf\r\n", .double(-.infinity)),
        (
            "(-3492890328409238509324850943850943825024385\r\n",
            .bigNumber("-3492890328409238509324850943850943825024385")
        ),
        ("!10\r\nERR a\r\nb c\r\n", .error(RedisServerError("ERR a\r\nb c"))),
        ("=8\r\ntxt:a\r\nb\r\n", .verbatim(format: "txt", Array("a\r\nb".utf8))),
        (
            "%2\r\n+a\r\n:1\r\n+b\r\n*1\r\n:2\r\n",
            .map([.simple("a"), .integer(1), .simple("b"), .array([.integer(2)])])
        ),
        ("%0\r\n", .map([])), ("~2\r\n:1\r\n#t\r\n", .set([.integer(1), .boolean(true)])),
        (">2\r\n+message\r\n$1\r\nx\r\n", .push([.simple("message"), .text("x")])),
        // Attributes are skipped everywhere.
        ("|1\r\n+ttl\r\n:3600\r\n+OK\r\n", .simple("OK")),
        ("*2\r\n|1\r\n+ttl\r\n%1\r\n:1\r\n:2\r\n:7\r\n|0\r\n:8\r\n", .array([.integer(7), .integer(8)])),
    ]

    static var bytes: [UInt8] { all.flatMap { Array($0.text.utf8) } }
    static var values: [RESPValue] { all.map(\.value) }
}

/// The values that a parser has delivered, and the error after them.
struct Parsed: Hashable {
    var values: [RESPValue] = []
    var error: String?

    /// Parses pieces of bytes in their order.
    init(_ pieces: some Sequence<ArraySlice<UInt8>>, limits: RESPLimits = RESPLimits()) {
        var parser = RESPParser(limits: limits)
        for piece in pieces {
            let outcome = piece.withUnsafeBytes { bytes -> Result<[RESPValue], RESPProtocolError> in
                var values: [RESPValue] = []
                do throws(RESPProtocolError) {
                    try parser.parse(bytes) { values.append($0) }
                } catch {
                    self.values += values
                    return .failure(error)
                }
                return .success(values)
            }
            switch outcome {
            case .success(let values): self.values += values
            case .failure(let error):
                self.error = error.description
                return
            }
        }
    }

    init(_ bytes: [UInt8], limits: RESPLimits = RESPLimits()) { self.init([bytes[...]], limits: limits) }

    init(_ text: String, limits: RESPLimits = RESPLimits()) { self.init(Array(text.utf8), limits: limits) }
}

extension RESPValue {
    static func text(_ text: String) -> RESPValue { .bulk(Array(text.utf8)) }
}
