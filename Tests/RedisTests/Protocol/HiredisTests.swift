// SPDX-License-Identifier: Apache-2.0

import RedisClient
import RedisTestSupport
import Testing

/// A comparison of the parser with `hiredis`.
///
/// Known differences, which the input avoids: `hiredis` reads attributes as replies and sets as lists, does not support
/// bulk errors, and accepts a push in another value.
@Suite("Parser compared with hiredis")
struct HiredisTests {
    private static let script = """
        import struct, sys, hiredis

        def show(value):
            if value is None: return "_"
            if value is True: return "t"
            if value is False: return "f"
            if isinstance(value, bytes): return "s" + value.hex()
            if isinstance(value, int): return "i%d" % value
            if isinstance(value, float): return "d%d" % struct.unpack("<Q", struct.pack("<d", value))
            if isinstance(value, hiredis.ReplyError): return "e" + str(value).encode("utf-8", "surrogateescape").hex()
            if isinstance(value, list): return "[" + ",".join(map(show, value)) + "]"
            if isinstance(value, dict): return "{" + ",".join(show(k) + "=" + show(v) for k, v in value.items()) + "}"
            raise TypeError(type(value))

        reader = hiredis.Reader(notEnoughData=Ellipsis)
        for line in sys.stdin:
            reader.feed(bytes.fromhex(line))
            while (value := reader.gets()) is not Ellipsis: print(show(value))
        """

    @Test(.enabled(if: PythonPackages.isAvailable))
    func `both parsers read the same values`() async throws {
        let seed = UInt64.random(in: 0 ... .max)
        print("replies for hiredis: seed \(seed)")
        var replies = RandomReplies(random: SeededGenerator(seed: seed), isCommon: true)
        let bytes = (0..<5_000).flatMap { _ in replies.next().bytes }
        let pieces = replies.pieces(of: bytes)
        let input = pieces.flatMap { Array((RandomReplies.hex(Array($0)) + "\n").utf8) }
        let theirs = try await PythonPackages.run(Self.script, input: input, timeout: .seconds(120))
        let ours = Parsed(pieces)
        #expect(ours.error == nil, "seed \(seed)")
        #expect(ours.values.count == 5_000 && theirs.count == 5_000, "seed \(seed)")
        for (our, their) in zip(ours.values, theirs) where our.canonical != their {
            Issue.record("seed \(seed): \(our) and \(their)")
            return
        }
    }
}
