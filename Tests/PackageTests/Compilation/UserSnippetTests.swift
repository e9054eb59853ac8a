// SPDX-License-Identifier: Apache-2.0

import Testing

@Suite(
    "Code that a user would write",
    .enabled(if: Snippet.canCheck, "swiftc or the modules of this build were not found")
)
struct UserSnippetTests {
    @Test func `accepted snippets and remedies compile`() throws {
        var source = "import Caching\nimport Foundation\nimport Synchronization\n\n" + UserSnippet.declarations
        for (index, snippet) in UserSnippet.all.enumerated() {
            guard let accepted = snippet.accepted else { continue }
            source += "// \(snippet.title)\nfunc snippet\(index)() {\n\(accepted)\n}\n"
        }
        let result = try Snippet.check(["Snippets": source])
        #expect(result.status == 0, "\(result.output)")
        #expect(!result.output.contains("warning:"), "\(result.output)")
    }

    @Test(.serialized, arguments: UserSnippet.all.filter { $0.error != nil })
    func `a refused snippet has the expected error`(snippet: UserSnippet) throws {
        let result = try Snippet(source: UserSnippet.declarations + snippet.source).check()
        #expect(result.status != 0, "this compiles now, and the guides can say so: \(snippet.source)")
        let error = try #require(snippet.error)
        #expect(result.output.contains(error), "\(result.output)")
    }

    @Test(arguments: UserSnippet.all.filter { $0.guide != nil })
    func `a guide explains each error of the language`(snippet: UserSnippet) throws {
        let phrase = try #require(snippet.guide)
        #expect(
            try Repository.guides.contains { try Repository.text($0).contains(phrase) },
            "no guide says \(phrase), which explains: \(snippet.source)"
        )
    }
}
