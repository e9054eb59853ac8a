// SPDX-License-Identifier: Apache-2.0

import Caching
import Testing

@Suite("The hash of keys")
struct KeyHashTests {
    private static func hashes(_ count: Int) -> [KeyHash] {
        var random = SeededGenerator(seed: 1)
        return (0..<count).map { _ in KeyHash(seed: random.next(), secret: random.next() | 1) }
    }

    /// In an earlier version the length could cancel differences between the bytes, whatever the seed.
    @Test func keysOfUpToThreeCharactersDoNotCollide() {
        // All printable bytes for keys of one and two characters; some of them for keys of three.
        let letters = (0x20..<0x7F).map { String(UnicodeScalar(UInt8($0))) }
        var keys = letters
        for first in letters { for second in letters { keys.append(first + second) } }
        let some = letters.filter { "az09:-_ A~".contains($0) }
        for first in some { for second in letters { for third in some { keys.append(first + second + third) } } }
        for first in letters { keys += [first + first + first, first + "aa", "aa" + first] }
        keys = Array(Set(keys))
        for hash in Self.hashes(4) {
            #expect(Set(keys.map { hash($0) }).count == keys.count)
        }
    }

    @Test func keysOfAllLengthsThatShareTheirBytesDoNotCollide() {
        var keys: [String] = []
        for length in 0...70 {
            let text = String(repeating: "a", count: length)
            keys += [text, "b" + text, text + "b", "b" + text + "b", "ab" + text + "ba"]
            keys += (0..<10).flatMap { ["\($0)" + text, text + "\($0)"] }
        }
        keys = Array(Set(keys))
        for hash in Self.hashes(8) {
            #expect(Set(keys.map { hash($0) }).count == keys.count)
        }
    }

    @Test func everyPartOfAKeyCounts() {
        for hash in Self.hashes(2) {
            for length in 1...40 {
                let key = [UInt8](repeating: UInt8(ascii: "x"), count: length)
                let original = hash(String(decoding: key, as: UTF8.self))
                for position in key.indices {
                    var changed = key
                    changed[position] = UInt8(ascii: "y")
                    #expect(hash(String(decoding: changed, as: UTF8.self)) != original)
                }
            }
        }
    }

    @Test func `equal bytes have equal hashes in every storage form of a string`() {
        let hash = KeyHash(seed: 3, secret: 5)
        let text = "a key that is longer than a small string"
        let part = ("--" + text).dropFirst(2)
        #expect(hash(String(part)) == hash(text))
        #expect(hash("\u{e9}") != hash("e\u{301}"))
        // Up to 15 bytes are part of the string itself, unless it has reserved more capacity.
        for length in 0...40 {
            let text = String("user:profile:v2:éü:0123456789-abcdefghijklmnop".prefix(length))
            var roomy = ""
            roomy.reserveCapacity(100)
            roomy += text
            let bytes = Array(text.utf8)
            #expect(hash(roomy) == hash(text), "\(text)")
            #expect(hash(text) == bytes.withUnsafeBytes { hash.hash($0) }, "\(text)")
        }
    }

    @Test func `the form that reads the words of strings and the portable form agree`() {
        let fast = KeyHash(seed: 3, secret: 5)
        let portable = KeyHash(seed: 3, secret: 5, knowsWords: false)
        var keys = [
            "", "\u{e9}", "e\u{301}", "fifteen bytes..", "sixteen bytes...", String(repeating: "k", count: 1024),
        ]
        keys += (0...40).map { String("user:profile:v2:éü:0123456789-abcdefghijklmnop".prefix($0)) }
        // Native strings with room, and substrings, whose storage differs from that of small strings.
        keys += keys.map { key in
            var roomy = ""
            roomy.reserveCapacity(100)
            return roomy + key
        }
        keys += keys.map { String(("--" + $0).dropFirst(2)) }
        for key in keys {
            #expect(fast(key) == portable(key), "\(key)")
            for other in keys {
                let isEqual = Array(key.utf8) == Array(other.utf8)
                #expect(
                    KeyEquality.areEqual(key, other, knowsWords: StringWords.areAsExpected) == isEqual,
                    "\(key) \(other)"
                )
                #expect(KeyEquality.areEqual(key, other, knowsWords: false) == isEqual, "\(key) \(other)")
            }
        }
    }

    @Test func bothHalvesAreSpreadEvenly() {
        // The upper bits determine the shard, and the shard keeps the lower half.
        for hash in Self.hashes(2) {
            var shards = [Int](repeating: 0, count: 64)
            var homes = [Int](repeating: 0, count: 64)
            for number in 0..<20_000 {
                let hash = hash("user:\(number)")
                shards[Int(hash >> 58)] += 1
                homes[Int(UInt32(truncatingIfNeeded: hash) >> 26)] += 1
            }
            for count in shards + homes { #expect(abs(count - 312) < 110) }
        }
    }
}
