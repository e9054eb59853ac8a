// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite("Examples in documentation comments")
struct CommentTests {
    /// The blocks of Swift in the documentation comments of a source.
    private static func blocks(_ source: String) -> [(line: Int, text: String)] {
        var found: [(line: Int, text: String)] = []
        var current: (line: Int, lines: [Substring])?
        for (number, line) in source.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let text = line.drop { $0 == " " }
            guard text.hasPrefix("///") else {
                current = nil
                continue
            }
            let content = text.dropFirst(text.hasPrefix("/// ") ? 4 : 3)
            if content == "```swift" {
                current = (number + 1, [])
            } else if content == "```" {
                if let block = current { found.append((block.line, block.lines.joined(separator: "\n"))) }
                current = nil
            } else {
                current?.lines.append(content)
            }
        }
        return found
    }

    @Test(arguments: ["Caching", "CachingRedis", "CachingTesting"])
    func `the examples are compiled somewhere`(module: String) throws {
        let paths =
            Repository.files(in: "Tests/DocumentationTests/Snippets", suffix: ".swift")
            + Repository.files(in: "Examples", suffix: ".swift")
        let sources = try paths.map { CodeLines(try Repository.text($0)) }
        for path in Repository.files(in: "Sources/\(module)", suffix: ".swift") {
            for block in Self.blocks(try Repository.text(path)) {
                let code = CodeLines(block.text)
                #expect(
                    sources.contains { $0.contains(code) },
                    "\(path):\(block.line): this example is compiled nowhere"
                )
            }
        }
    }
}
