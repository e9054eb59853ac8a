// SPDX-License-Identifier: Apache-2.0

import Caching
import Testing

/// The canonical form must not change, because stored entries and other languages depend on it.
struct CanonicalFormTests {
    private struct User: Encodable {
        let id: Int
        let name: String?
    }

    private enum Status: Encodable {
        case active(since: Int)
    }

    @Test func keysAreTheSameInEveryRelease() throws {
        #expect(try DerivedKey.key(function: "f") == "f:90f9a4657249941e0fac87627150d9b3")
        #expect(try DerivedKey.key(function: "f", 42) == "f:c3961da6830148ccc3754874706daf88")
        #expect(try DerivedKey.key(function: "f", "a:b", 1) == "f:0a5135e8112c0ec6f28a71809a6c3343")
        #expect(try DerivedKey.key(function: "f", User(id: 1, name: nil)) == "f:edb03fe57e8825562e0f41fc34714ae3")
        #expect(try DerivedKey.key(function: "f", Set(["a", "b"]), [1: 2.5]) == "f:e2a6562695e3b367fc21372437105ddf")
    }

    /// Each line of the script is the form of one list of arguments, written by hand.
    ///
    /// | value | bytes |
    /// | --- | --- |
    /// | nil | `n` |
    /// | an optional in an optional | `o` and the inner one |
    /// | true, false | `t`, `f` |
    /// | an integer | `i`, its decimal digits, `;` |
    /// | a floating-point number | `d` and the 16 hexadecimal digits of its bits |
    /// | a text | `s`, the number of its UTF-8 bytes, `:`, the bytes |
    /// | an array, and the arguments as a whole | `a`, the number of elements, `:`, the elements |
    /// | a set | `u`, the number of elements, `:`, the elements in the order of their bytes |
    /// | a dictionary, struct, enum or class | `m`, the number of pairs, `:`, the pairs in the order of their bytes |
    ///
    /// The key is the function, `:`, and the first 16 bytes of the SHA-256 of it in hexadecimal.
    @Test(.enabled(if: Python.isInstalled, "python3 is not installed"))
    func anotherLanguageDerivesTheSameKeys() throws {
        let expected = try Python.run(
            """
            import hashlib, struct
            text = lambda s: b's%d:%s' % (len(s.encode()), s.encode())
            number = lambda x: b'd' + struct.pack('>d', x).hex().encode()
            forms = [
                b'a0:',
                b'a1:' + b'i42;',
                b'a2:' + text('a:b') + b'i-1;',
                b'a3:' + text('é') + b't' + b'f',
                b'a2:' + b'n' + b'on',
                b'a2:' + number(0.0) + number(1.5),
                b'a1:' + b'd7ff8000000000000',
                b'a1:' + b'a3:' + b'i1;i2;i3;',
                b'a1:' + b'u2:' + b''.join(sorted([text('bb'), text('a')])),
                b'a1:' + b'm2:' + b''.join(sorted([b'i10;' + text('x'), b'i9;' + text('y')])),
                b'a1:' + b'm2:' + text('id') + b'i1;' + text('name') + text('x'),
                b'a1:' + b'm1:' + text('id') + b'i1;',
                b'a1:' + b'a1:' + b'm1:' + text('id') + b'i2;',
                b'a1:' + b'm1:' + text('active') + b'm1:' + text('since') + b'i7;',
            ]
            for form in forms:
                print('f:' + hashlib.sha256(form).digest()[:16].hex())
            """
        )
        let keys = [
            try DerivedKey.key(function: "f"),
            try DerivedKey.key(function: "f", 42),
            try DerivedKey.key(function: "f", "a:b", -1),
            try DerivedKey.key(function: "f", "é", true, false),
            try DerivedKey.key(function: "f", Int?.none, Int??.some(nil)),
            try DerivedKey.key(function: "f", -0.0, Float(1.5)),
            try DerivedKey.key(function: "f", Double.nan),
            try DerivedKey.key(function: "f", [1, 2, 3]),
            try DerivedKey.key(function: "f", Set(["bb", "a"])),
            try DerivedKey.key(function: "f", [10: "x", 9: "y"]),
            try DerivedKey.key(function: "f", User(id: 1, name: "x")),
            try DerivedKey.key(function: "f", User(id: 1, name: nil)),
            try DerivedKey.key(function: "f", [User(id: 2, name: nil)]),
            try DerivedKey.key(function: "f", Status.active(since: 7)),
        ]
        try #require(expected.count == keys.count)
        for (index, key) in keys.enumerated() { #expect(key == expected[index], "form \(index)") }
    }
}
