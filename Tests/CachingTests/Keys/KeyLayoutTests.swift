// SPDX-License-Identifier: Apache-2.0

import Caching
import Testing

struct KeyLayoutTests {
    private func cache(
        _ name: String,
        prefix: String? = nil,
        version: String? = nil,
        isNamed: Bool = true
    ) -> KeyLayout.Cache {
        KeyLayout.Cache(name: name, prefix: prefix, version: version, isNamed: isNamed)
    }

    @Test func `prefix, version and name are escaped and each followed by a colon`() {
        let layout = KeyLayout([
            cache("default", isNamed: false), cache("default"), cache("a:b"), cache("c", prefix: "shop", version: "v2"),
            cache("d", prefix: "x*"), cache("e", version: "50%", isNamed: false),
        ])
        #expect(layout.prefixes == ["", "default:", "a%3Ab:", "shop:v2:c:", "x%2A:d:", "50%25:"])
    }

    @Test func cachesWithNamesOfTheirOwnAreToldApart() {
        #expect(KeyLayout([cache("default"), cache("sessions"), cache("session"), cache("s")]).conflicts.isEmpty)
        let common = KeyLayout([cache("a", prefix: "shop"), cache("b", prefix: "shop"), cache("ab", prefix: "shop")])
        #expect(common.conflicts.isEmpty)
    }

    @Test func aPrefixThatIsTheBeginningOfAnotherIsAConflict() {
        for caches in [[cache("a"), cache("b", prefix: "a")], [cache("b", version: "a"), cache("a")]] {
            let conflicts = KeyLayout(caches).conflicts
            #expect(conflicts.map(\.outer) == ["a"])
            #expect(conflicts.map(\.outerPrefix) == ["a:"])
            #expect(conflicts.map(\.inner) == ["b"])
            #expect(conflicts.map(\.innerPrefix) == ["a:b:"])
        }
    }

    @Test func `a cache with an empty prefix conflicts with every other cache`() {
        let layout = KeyLayout([cache("default", isNamed: false), cache("a"), cache("b")])
        #expect(layout.conflicts.map(\.inner) == ["a", "b"])
        #expect(layout.conflicts.map(\.outer) == ["default", "default"])
    }

    @Test func aPrefixAndAVersionOfOneTextAreAConflict() {
        let layout = KeyLayout([
            cache("c", prefix: "a", isNamed: false), cache("d", version: "a", isNamed: false),
        ])
        #expect(layout.prefixes == ["a:", "a:"])
        #expect(layout.conflicts.count == 1)
    }

    @Test func noKeyOfACacheWithoutConflictsIsThatOfAnother() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededGenerator(seed: seed)
        let texts: [String?] = [nil, "a", "b", "a:", "*", "a:b"]
        for _ in 0..<2000 {
            let caches = ["a", "b", "a:b"].map { name in
                cache(
                    name,
                    prefix: texts.randomElement(using: &random)!,
                    version: texts.randomElement(using: &random)!,
                    isNamed: Bool.random(using: &random)
                )
            }
            let layout = KeyLayout(caches)
            let meet = (0..<3).contains { first in
                (0..<3).contains { first != $0 && layout.prefixes[$0].hasPrefix(layout.prefixes[first]) }
            }
            #expect(layout.conflicts.isEmpty == !meet, "seed \(seed): \(layout.prefixes)")
        }
    }

    @Test func namesPrefixesAndVersionsFollowTheRulesOfKeys() {
        let layout = KeyLayout([cache(" ", prefix: "a\n", version: "v1"), cache("ok", prefix: nil, version: "")])
        #expect(layout.objections.map(\.part) == ["name", "prefix", "version"])
        #expect(layout.objections.map(\.cache) == [" ", " ", "ok"])
    }
}
