// SPDX-License-Identifier: Apache-2.0

import Caching
import Testing

struct SHA256Tests {
    /// From FIPS 180-4 and the examples of NIST's Cryptographic Standards and Guidelines.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrst"
                + "nopqrstu",
            "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
        ),
    ])
    func theExamplesOfTheStandardHold(message: String, digest: String) {
        #expect(SHA256.hexDigest(of: message.utf8) == digest)
    }

    @Test func aMillionLettersGiveTheDigestOfTheStandard() {
        let digest = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        #expect(SHA256.hexDigest(of: repeatElement(UInt8(ascii: "a"), count: 1_000_000)) == digest)
    }

    @Test(.enabled(if: Python.isInstalled, "python3 is not installed"))
    func `digests of all lengths around the block size agree with another implementation`() throws {
        let expected = try Python.run(
            """
            import hashlib
            for n in range(0, 200):
                print(hashlib.sha256(bytes((i * 7 + n) % 256 for i in range(n))).hexdigest())
            """
        )
        try #require(expected.count == 200)
        for length in 0..<200 {
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 * 7 + length) }
            #expect(SHA256.hexDigest(of: bytes) == expected[length], "\(length) bytes")
        }
    }

    @Test(arguments: [55, 56, 63, 64, 65])
    func piecesGiveTheDigestOfTheWhole(length: Int) {
        let bytes = (0..<length).map { UInt8($0) }
        for cut in 0...length {
            var hasher = SHA256()
            hasher.update(bytes[..<cut])
            hasher.update(bytes[cut...])
            #expect(hasher.finish() == SHA256.hash(bytes))
        }
    }

    @Test func aShorterDigestIsTheBeginningOfTheWhole() {
        #expect(SHA256.hexDigest(of: "abc".utf8, bytes: 4) == "ba7816bf")
    }
}
