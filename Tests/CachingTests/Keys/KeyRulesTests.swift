// SPDX-License-Identifier: Apache-2.0

import Caching
import Testing

struct KeyRulesTests {
    @Test(arguments: [
        "a", "users:1", "with space", " leading", "日本語", "🙂", "a*b?[c]", "%3A", "\u{A0}x", "cafe\u{301}", "\\n",
        String(repeating: "x", count: 1024), String(repeating: "é", count: 512),
    ])
    func printableTextIsAKey(key: String) {
        #expect(KeyRules.problem(with: key) == nil)
    }

    @Test(arguments: [
        ("", "it is empty"), (" ", "it is blank"), ("   ", "it is blank"), ("\u{A0}", "it is blank"),
        (" \u{2003} ", "it is blank"), ("a\nb", "byte 0x0a at offset 1"), ("\t", "byte 0x09 at offset 0"),
        ("a\0", "byte 0x00 at offset 1"), ("\u{7F}", "byte 0x7f"), ("a\r\nb", "byte 0x0d at offset 1"),
        ("a\u{85}b", "U+85"), ("a\u{2028}b", "U+2028"), ("a\u{2029}b", "U+2029"),
        (String(repeating: "x", count: 1025), "1025 bytes"), (String(repeating: "é", count: 513), "1026 bytes"),
    ])
    func `an invalid key is refused with the reason`(key: String, reason: String) throws {
        let objection = try #require(KeyRules.problem(with: key))
        #expect(objection.contains(reason))
    }

    @Test func anInvalidKeyIsAnErrorThatShowsItEscaped() throws {
        let error = try #require(throws: CacheError.self) { try KeyRules.validate("a\nb") }
        #expect("\(error)".contains(#""a\nb""#))
        #expect(!"\(error)".contains("\n"))
    }

    @Test func anInvalidTagIsAnErrorOfItsOwn() throws {
        let error = try #require(throws: CacheError.self) { try KeyRules.validateTag("") }
        guard case .invalidTag(let tag, _) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(tag == "")
    }

    @Test func aLongKeyIsCutInMessages() {
        let quoted = QuotedText.of(String(repeating: "x", count: 2000))
        #expect(quoted == "\"" + String(repeating: "x", count: 80) + "\"…")
    }

    @Test(arguments: ["", " ", "a\nb"])
    func everyOperationRefusesAnInvalidKey(key: String) async throws {
        let manager = CacheManager()
        await #expect(throws: CacheError.self) { _ = try await manager.get(key, as: Int.self) }
        await #expect(throws: CacheError.self) { try await manager.set(key, 1) }
        await #expect(throws: CacheError.self) { _ = try await manager.getOrSet(key) { () async in 1 } }
        await #expect(throws: CacheError.self) { _ = try await manager.has(key) }
        await #expect(throws: CacheError.self) { _ = try await manager.ttl(of: key) }
        await #expect(throws: CacheError.self) { _ = try await manager.delete(key) }
    }
}
