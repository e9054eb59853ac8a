// SPDX-License-Identifier: Apache-2.0

#if CACHING_INVARIANTS
    import Caching
    import Testing

    @Suite("The trie of namespaces")
    struct NamespaceTrieTests {
        /// The largest number of slots in a leaf: 256 and half as many again, because only arrivals lead to a split.
        private static let longestLeaf = 384

        @Test func findsAllKeysWithAPrefixAndFewOthers() throws {
            let filed = FiledKeys((0..<40_000).map { "shop:v1:f\($0 % 40):\($0)" })
            try filed.checkInvariants()
            for prefix in ["shop:v1:f7:", "shop:v1:f7:1", "shop:v1:f39:"] {
                #expect(filed.isComplete(prefix))
                #expect(filed.candidates(prefix).count <= 1000 + Self.longestLeaf)
            }
            #expect(filed.candidates("shop:v1:").count == 40_000)
            #expect(filed.candidates("").count == 40_000)
            #expect(filed.candidates("shop:v2:").count <= Self.longestLeaf)
            #expect(filed.candidates("other:").count <= Self.longestLeaf)
        }

        @Test func findsASmallNamespaceAmongLargeOnes() throws {
            var keys = (0..<30_000).map { "n\($0 % 3):\($0)" }
            keys += (0..<20).map { "small:\($0)" }
            let filed = FiledKeys(keys)
            #expect(filed.isComplete("small:"))
            #expect(filed.candidates("small:").count <= 20 + Self.longestLeaf)
        }

        @Test func findsEveryPrefixOfOddKeys() throws {
            let odd = [
                "a", ":", "::", ":::", "::::::::::::::::::::", ":a", "a:", "a::b", "::a::", "é:ü:ö", "e\u{301}:x",
                "\u{e9}:x", "日本:東京:1", "a:b:c:d:e:f:g:h:i:j:k:l:m:n", "🧑‍🧑‍🧒:🧑:1", "a b:c d",
            ]
            // Many keys of each kind, so that each leaf is split.
            let filed = FiledKeys(odd.flatMap { key in (0..<500).map { "\(key)\($0)" } } + odd)
            try filed.checkInvariants()
            for key in odd {
                let bytes = Array(key.utf8)
                for end in 0...bytes.count {
                    guard let prefix = String(validating: bytes[..<end], as: UTF8.self) else { continue }
                    #expect(filed.isComplete(prefix), "\(prefix)")
                }
            }
        }

        @Test func manyDeepKeysAreFound() throws {
            let keys = (0..<3000).map { number in (0..<20).map { "\(number >> $0 & 1)" }.joined(separator: ":") }
            let filed = FiledKeys(keys)
            try filed.checkInvariants()
            #expect(filed.isComplete("1:0:1:"))
            #expect(filed.isComplete("0:0:0:0:0:0:0:0:0:0:0:"))
            #expect(filed.candidates("1:0:1:").count <= 3000 / 8 + Self.longestLeaf)
        }

        @Test func agreesWithAPlainSearchWhileKeysComeAndGo() throws {
            let filed = FiledKeys()
            var random = SeededGenerator(seed: 1)
            for step in 0..<15_000 {
                if step % 3 == 2, let slot = filed.keys.keys.first {
                    filed.remove(slot)
                } else {
                    let parts = (0...Int.random(in: 0...3, using: &random)).map { _ in
                        "\(Int.random(in: 0...Int.random(in: 0...50, using: &random), using: &random))"
                    }
                    filed.insert(parts.joined(separator: ":") + ":\(step)")
                }
                guard step % 1000 == 0 else { continue }
                try filed.checkInvariants()
                for prefix in ["", "0", "0:", "1:2:", "3:0:", "50:", "0:0:0:"] { #expect(filed.isComplete(prefix)) }
            }
        }

        @Test func `namespaces that are not used again do not let the trie grow without bound`() throws {
            let filed = FiledKeys()
            var largest = 0
            for generation in 0..<60 {
                for number in 0..<1500 { filed.insert("session\(generation)-\(number / 500):\(number)") }
                filed.removeAll { !$0.hasPrefix("session\(generation)-") }
                largest = max(largest, filed.size)
                if generation % 20 == 0 { try filed.checkInvariants() }
            }
            // With 3,000 slots at a time: 64 blocks and one for each 128 slots, with 16 nodes each.
            #expect(largest <= (64 + 3000 / 128) * 16 + 1)
            #expect(filed.isComplete("session59-1:"))
            #expect(filed.candidates("session59-1:").count <= 500 + Self.longestLeaf)
        }

        @Test func `one namespace for each key does not let the trie grow without bound`() throws {
            let filed = FiledKeys((0..<10_000).map { "user\($0):name" })
            #expect(filed.size <= (64 + 10_000 / 128) * 16 + 1)
            #expect(filed.isComplete("user77:"))
            #expect(filed.candidates("user77:").count <= 2 * Self.longestLeaf)
            try filed.checkInvariants()
        }
    }
#endif
