// SPDX-License-Identifier: Apache-2.0

import Caching
import Testing

struct KeyEscapingTests {
    @Test func plainPartsAreJoinedWithColons() {
        #expect(KeyEscaping.join(["users", "42"]) == "users:42")
        #expect(KeyEscaping.join(["users"]) == "users")
    }

    @Test func separatorsStarsAndPercentsInPartsAreEscaped() {
        #expect(KeyEscaping.escape("a:b*c%d") == "a%3Ab%2Ac%25d")
        #expect(KeyEscaping.escape("%3A") == "%253A")
        #expect(KeyEscaping.escape("日本 🙂?[") == "日本 🙂?[")
    }

    @Test func thePatternOfAPartKeepsItsStars() {
        #expect(KeyEscaping.escapePattern("a:b*c%") == "a%3Ab*c%25")
    }

    @Test func `a prefix omits parts that are not given and ends with a colon`() {
        #expect(KeyEscaping.prefix([]) == "")
        #expect(KeyEscaping.prefix([nil, ""]) == "")
        #expect(KeyEscaping.prefix(["shop", nil, "v1"]) == "shop:v1:")
        #expect(KeyEscaping.prefix(["a:b"]) == "a%3Ab:")
    }

    @Test func differentPartsGiveDifferentKeys() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededGenerator(seed: seed)
        var seen: [String: [String]] = [:]
        for _ in 0..<20_000 {
            let parts = (0..<Int.random(in: 1...3, using: &random)).map { _ in
                String(
                    (0..<Int.random(in: 0...3, using: &random)).compactMap { _ in
                        "a:%3A*2".randomElement(using: &random)
                    }
                )
            }
            let key = KeyEscaping.join(parts)
            if let other = seen.updateValue(parts, forKey: key), other != parts {
                Issue.record("seed \(seed): \(parts) and \(other) both give \(key)")
                return
            }
        }
    }

    @Test func anEscapedPartMatchesNoMoreThanItsOwnPattern() {
        // Input of a user must not become a pattern.
        let pattern = KeyPattern("users:" + KeyEscaping.escape("*"))
        #expect(pattern.isLiteral)
        #expect(!pattern.matches("users:1"))
    }

    @Test func namespacesOfACacheDoNotMeet() {
        let outer = Cache<Int>(namespace: "a:b")
        let inner = Cache<Int>(namespace: "b", prefix: "a")
        #expect(outer.key(for: "c") != inner.key(for: "c"))
        #expect(Cache<Int>(namespace: "a").key(for: "b:c") != Cache<Int>(namespace: "b", prefix: "a").key(for: "c"))
    }
}
