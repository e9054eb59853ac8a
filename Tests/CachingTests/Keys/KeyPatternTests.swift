// SPDX-License-Identifier: Apache-2.0

import Caching
import Testing

struct KeyPatternTests {
    @Test(arguments: [
        ("users:*", "users:1"), ("users:*", "users:"), ("users:*", "users:1:posts"), ("*", "anything"), ("**", "x"),
        ("*:1", "users:1"), ("u*s", "users"), ("u*s", "us"), ("u*e*s", "users"), ("*se*", "users"), ("a*a", "aba"),
        ("a*a", "aa"), ("a**b", "ab"), ("*é*", "café"), ("ab*abc", "ababc"), ("*ab*b*", "aabb"), ("k", "k"),
    ])
    func aStarMatchesAnyRunOfCharacters(pattern: KeyPattern, key: String) {
        #expect(pattern.matches(key))
    }

    @Test(arguments: [
        ("users:*", "user:1"), ("users:*", "xusers:1"), ("users", "users:1"), ("users", "user"), ("*:1", "users:12"),
        ("a*a", "a"), ("ab*ba", "aba"), ("u*e*s", "usrs"), ("users:*", "Users:1"), ("*b*a*", "ab"), ("", "a"),
    ])
    func whatIsNotAStarMatchesOnlyItself(pattern: KeyPattern, key: String) {
        #expect(!pattern.matches(key))
    }

    @Test(arguments: ["users:?", "users:[12]", "users:{1,2}", #"users:\*"#, "users:.", "^users$", "users:%2A"])
    func theMetacharactersOfOtherGrammarsAreLiteral(text: String) {
        let pattern = KeyPattern(text)
        #expect(pattern.matches(text))
        #expect(!pattern.matches("users:1"))
        #expect(!pattern.matches("users:*") || text.contains("*"))
    }

    @Test func aBackslashDoesNotEscapeAStar() {
        #expect(KeyPattern(#"a\*"#).matches(#"a\b"#))
        #expect(!KeyPattern(#"a\*"#).matches("a*"))
    }

    @Test func aBracketBeforeAStarIsPartOfThePrefix() {
        #expect(KeyPattern("users:[1]*").matches("users:[1]x"))
        #expect(!KeyPattern("users:[1]*").matches("users:1x"))
    }

    @Test func keysAreComparedByteForByte() {
        // A letter in two normal forms is one Character, but gives two keys.
        #expect(!KeyPattern("caf\u{E9}").matches("cafe\u{301}"))
        #expect(KeyPattern("cafe*").matches("cafe\u{301}"))
    }

    @Test func `a pattern has the properties that a backend needs`() {
        #expect(KeyPattern("users:*:posts").literalPrefix == "users:")
        #expect(KeyPattern("users").literalPrefix == "users")
        #expect(KeyPattern("*").literalPrefix == "")
        #expect(KeyPattern("users").isLiteral)
        #expect(!KeyPattern("users*").isLiteral)
        #expect(KeyPattern("*").matchesEverything)
        #expect(KeyPattern("***").matchesEverything)
        #expect(!KeyPattern("*a").matchesEverything)
        #expect(!KeyPattern("").matchesEverything)
        #expect("\(KeyPattern("a*b"))" == "a*b")
    }

    @Test func aPatternAgreesWithANaiveMatcher() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededGenerator(seed: seed)
        for _ in 0..<20_000 {
            let pattern = text(of: "ab*?[", upTo: 8, &random)
            let key = text(of: "ab?[", upTo: 10, &random)
            let expected = naive(pattern.utf8[...], key.utf8[...])
            guard KeyPattern(pattern).matches(key) != expected else { continue }
            Issue.record("seed \(seed): \"\(pattern)\" on \"\(key)\" should be \(expected)")
            return
        }
    }

    @Test func aPatternOfANamespaceAgreesWithANaiveMatcher() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededGenerator(seed: seed)
        var matches = 0
        for _ in 0..<20_000 {
            let namespace = text(of: "ab:", upTo: 3, &random)
            // Identifiers have no unescaped colons, so these patterns have none.
            let pattern = text(of: "ab*", upTo: 6, &random)
            let key = text(of: "ab:", upTo: 8, &random)
            let expected = naive((namespace + pattern).utf8[...], key.utf8[...], sparing: UInt8(ascii: ":"))
            if expected { matches += 1 }
            let found = KeyPattern(namespace: namespace, KeyPattern(pattern))
            #expect(found.text == namespace + pattern)
            guard found.matches(key) != expected else { continue }
            Issue.record("seed \(seed): \"\(found)\" on \"\(key)\" should be \(expected)")
            return
        }
        #expect(matches > 100, "seed \(seed)")
    }

    @Test func aStarOfANamespaceStopsAtColons() {
        let pattern = KeyPattern(namespace: "a:", "*")
        #expect(pattern.starsStopAtColons)
        #expect(pattern.matches("a:1"))
        #expect(pattern.matches("a:"))
        #expect(!pattern.matches("a:b:1"))
        #expect(!pattern.matchesEverything)
        #expect(pattern != KeyPattern("a:*"))
        #expect(pattern.prefixed(by: "shop:").matches("shop:a:1"))
        #expect(!pattern.prefixed(by: "shop:").matches("shop:a:b:1"))
        #expect(!KeyPattern("a:*").prefixed(by: "shop:").starsStopAtColons)
        #expect(KeyPattern(namespace: "a:", "b:*").matches("a:b%3A1"))
    }

    @Test func manyStarsDoNotMakeMatchingExponential() {
        let pattern = KeyPattern(String(repeating: "a*", count: 100) + "b")
        #expect(!pattern.matches(String(repeating: "a", count: 1024)))
        #expect(pattern.matches(String(repeating: "a", count: 1023) + "b"))
    }

    private func text(of alphabet: String, upTo length: Int, _ random: inout SeededGenerator) -> String {
        let count = Int.random(in: 0...length, using: &random)
        return String((0..<count).compactMap { _ in alphabet.randomElement(using: &random) })
    }

    /// The definition of matching: a star matches nothing, or one more byte other than `spared`.
    private func naive(_ pattern: Substring.UTF8View, _ key: Substring.UTF8View, sparing spared: UInt8? = nil) -> Bool {
        guard let first = pattern.first else { return key.isEmpty }
        if first == UInt8(ascii: "*") {
            if naive(pattern.dropFirst(), key, sparing: spared) { return true }
            return !key.isEmpty && key.first != spared && naive(pattern, key.dropFirst(), sparing: spared)
        }
        return key.first == first && naive(pattern.dropFirst(), key.dropFirst(), sparing: spared)
    }
}
