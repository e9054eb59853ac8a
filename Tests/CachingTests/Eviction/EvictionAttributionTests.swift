// SPDX-License-Identifier: Apache-2.0

import Caching
import Testing

@Suite("The attribution of evictions")
struct EvictionAttributionTests {
    @Test func theLongestPrefixOwnsAKey() {
        let attribution = EvictionAttribution(prefixes: ["", "a:", "a:b:", "c:"])
        #expect(attribution.owners(of: "a:b:1") == [2])
        #expect(attribution.owners(of: "a:b") == [1])
        #expect(attribution.owners(of: "a:") == [1])
        #expect(attribution.owners(of: "b:1") == [0])
    }

    @Test func `caches with the same prefix share a key`() {
        let attribution = EvictionAttribution(prefixes: ["a:", "", "a:"])
        #expect(attribution.owners(of: "a:1") == [0, 2])
        #expect(attribution.owners(of: "b:1") == [1])
    }

    @Test func `a key without any of the prefixes has no owner`() {
        #expect(EvictionAttribution(prefixes: ["a:", "b:"]).owners(of: "c:1") == [])
        #expect(EvictionAttribution(prefixes: []).owners(of: "c:1") == [])
    }

    @Test func prefixesAreBytes() {
        // Canonically equivalent texts: a letter with an accent, and the letter followed by a combining accent.
        let attribution = EvictionAttribution(prefixes: ["\u{E9}:", "e\u{301}:", "e"])
        #expect(attribution.owners(of: "\u{E9}:1") == [0])
        #expect(attribution.owners(of: "e\u{301}:1") == [1])
        #expect(attribution.owners(of: "e\u{302}:1") == [2])
    }
}
