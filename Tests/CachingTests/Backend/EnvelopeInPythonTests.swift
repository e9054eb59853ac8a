// SPDX-License-Identifier: Apache-2.0

import Caching
import Testing

/// The layout in Documentation/WritingABackend.md, read by an independent program.
struct EnvelopeInPythonTests {
    private static let reader = """
        import struct, zlib

        def read(data):
            magic, format, checksum = struct.unpack_from("<2sBI", data)
            if magic != b"SC" or format != 2 or checksum != zlib.crc32(data[7:]):
                raise ValueError("not an entry")
            codec, flags, type, created, fresh, expires, load = struct.unpack_from("<BBQqqqI", data, 7)
            at = 45

            def take(layout):
                nonlocal at
                value, = struct.unpack_from("<" + layout, data, at)
                at += struct.calcsize("<" + layout)
                return value

            def text():
                return take("%ds" % take("I")).decode()

            key = text()
            tags = [(text(), take("Q")) for _ in range(take("H"))]
            extension = take("%ds" % take("I"))
            return codec, flags, type, created, fresh, expires, load, key, tags, extension, data[at:]

        """

    @Test(.enabled(if: Python.isInstalled))
    func pythonReadsWhatIsWritten() throws {
        let entry = CacheEntry(
            value: EncodedValue(Array("[1,\"ü\"]".utf8), codecID: 1, typeTag: .max),
            createdAt: 1_700_000_000_000_001,
            freshUntil: 1_700_000_000_000_002,
            expiresAt: nil,
            tags: ["users", "größe"],
            tagStamps: [0, 99],
            loadDuration: .microseconds(1234)
        )
        let hex = try entry.encoded(for: "users:é").map { String(Int($0) + 0x100, radix: 16).dropFirst() }.joined()
        let lines = try Python.run(Self.reader + "for part in read(bytes.fromhex('\(hex)')): print(ascii(part))")
        #expect(
            lines == [
                "1", "0", "\(UInt64.max)", "1700000000000001", "1700000000000002", "\(Int64.max)", "1234",
                #"'users:\xe9'"#, #"[('users', 0), ('gr\xf6\xdfe', 99)]"#, "b''", #"b'[1,"\xc3\xbc"]'"#,
            ]
        )
    }

    @Test(.enabled(if: Python.isInstalled))
    func theChecksumIsThatOfZlib() throws {
        var random = SeededGenerator(seed: 32)
        let samples = (0..<40).map { length in (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) } }
        let lines = try Python.run("import zlib\nfor sample in \(samples): print(zlib.crc32(bytes(sample)))")
        #expect(samples.map { sample in "\(sample.withUnsafeBytes { CRC32.checksum($0) })" } == lines)
    }

    @Test(.enabled(if: Python.isInstalled))
    func theTagOfATypeIsTheHashOfItsName() throws {
        let lines = try Python.run(
            """
            def tag(name):
                hash = 0xCBF29CE484222325
                for byte in name.encode():
                    hash = (hash ^ byte) * 0x100000001B3 % 2**64
                return max(1, hash)

            print(tag("Swift.Optional<Swift.Int>"))
            print(tag("shop.User"))
            """
        )
        #expect(lines == ["\(TypeTag.of(Int?.self))", "\(TypeTag.named("shop.User"))"])
    }
}
