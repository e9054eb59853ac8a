// SPDX-License-Identifier: Apache-2.0

import Caching
import Testing

@Suite("Whose an evicted entry is")
struct EvictionAttributionTests {
    @Test func theLongestPrefixOwnsAKey() {
        let attribution = EvictionAttribution(prefixes: ["", "a:", "a:b:", "c:"])
        #expect(attribution.owners(of: "a:b:1") == [2])
        #expect(attribution.owners(of: "a:b") == [1])
        #expect(attribution.owners(of: "a:") == [1])
        #expect(attribution.owners(of: "b:1") == [0])
    }

    @Test func thoseWithTheSamePrefixShareAKey() {
        let attribution = EvictionAttribution(prefixes: ["a:", "", "a:"])
        #expect(attribution.owners(of: "a:1") == [0, 2])
        #expect(attribution.owners(of: "b:1") == [1])
    }

    @Test func aKeyWithoutAPrefixIsNobodys() {
        #expect(EvictionAttribution(prefixes: ["a:", "b:"]).owners(of: "c:1") == [])
        #expect(EvictionAttribution(prefixes: []).owners(of: "c:1") == [])
    }

    @Test func prefixesAreBytes() {
        // Equal as texts: a letter with its accent, and the letter followed by one.
        let attribution = EvictionAttribution(prefixes: ["\u{E9}:", "e\u{301}:", "e"])
        #expect(attribution.owners(of: "\u{E9}:1") == [0])
        #expect(attribution.owners(of: "e\u{301}:1") == [1])
        #expect(attribution.owners(of: "e\u{302}:1") == [2])
    }
}
