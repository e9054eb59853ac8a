// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite("The documents say what is so")
struct DocumentTests {
    /// Code in the documents is code that is compiled: in a snippet of these tests, or in an example.
    @Test func everyBlockOfSwiftIsCompiledSomewhere() throws {
        let paths =
            Repository.files(in: "Tests/DocumentationTests/Snippets", suffix: ".swift")
            + Repository.files(in: "Examples", suffix: ".swift")
        let sources = try paths.map { CodeLines(try Repository.text($0)) }
        for document in try Repository.documents() {
            for block in document.blocks("swift") {
                if block.lines.first?.hasPrefix("// Package.swift") == true {
                    #expect(block.text.contains(#".product(name: "Caching""#), "\(document.path):\(block.line)")
                } else {
                    let code = CodeLines(block.text)
                    #expect(
                        sources.contains { $0.contains(code) },
                        "\(document.path):\(block.line): this code is in no file of Tests/DocumentationTests/Snippets"
                    )
                }
            }
        }
    }

    @Test func everyBlockSaysItsLanguage() throws {
        for document in try Repository.documents() {
            for block in document.blocks {
                #expect(!block.language.isEmpty, "\(document.path):\(block.line): write ```text for plain text")
            }
        }
    }

    @Test func everyRelativeLinkLeadsSomewhere() throws {
        let documents = try Repository.documents()
        let anchors = Dictionary(uniqueKeysWithValues: documents.map { ($0.path, $0.anchors) })
        for document in documents {
            let folder = Repository.root.appending(path: document.path).deletingLastPathComponent()
            for link in document.links where !link.target.contains("://") && !link.target.hasPrefix("mailto:") {
                let parts = link.target.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
                let file =
                    parts[0].isEmpty ? Repository.root.appending(path: document.path) : folder.appending(path: parts[0])
                let path = file.standardizedFileURL.path()
                #expect(
                    FileManager.default.fileExists(atPath: path),
                    "\(document.path):\(link.line): there is no \(link.target)"
                )
                guard parts.count == 2, path.hasPrefix(Repository.root.path()) else { continue }
                let name = String(path.dropFirst(Repository.root.path().count).drop { $0 == "/" })
                #expect(
                    anchors[name]?.contains(String(parts[1])) == true,
                    "\(document.path):\(link.line): \(name) has no heading #\(parts[1])"
                )
            }
        }
    }

    @Test func noDocumentNamesAPathOfTheMachineItWasWrittenOn() throws {
        for document in try Repository.documents() {
            let text = try Repository.text(document.path)
            for path in ["home", "Users", "root", "tmp"].map({ "/\($0)/" }) {
                #expect(!text.contains(path), "\(document.path) names \(path)")
            }
        }
    }

    /// The checker itself: what it takes for equal and what not.
    @Test func codeIsComparedWithoutBlankLinesAndCommonIndentation() {
        let source = CodeLines("import A\nfunc f() {\n    if x {\n\n        y()\n    }\n}")
        #expect(source.contains(CodeLines("import A\n\nif x {\n    y()\n}")))
        #expect(!source.contains(CodeLines("if x {\n  y()\n}")))
        #expect(!source.contains(CodeLines("if x {\n    z()\n}")))
        #expect(!source.contains(CodeLines("import B\nif x {\n    y()\n}")))
        #expect(!source.contains(CodeLines("}\n}\n}")))
    }
}
