// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The table of odd forms in the guide to the architecture, held against the sources.
@Suite("The table of the hot path")
struct HotPathTableTests {
    /// The declarations in a source that have an attribute about inlining or exclusivity.
    private static func oddDeclarations(_ source: String) -> [(line: Int, name: String)] {
        var found: [(line: Int, name: String)] = []
        var hasAttribute = false
        for (number, line) in source.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let code = line.drop { $0 == " " }
            guard !code.hasPrefix("//") else { continue }
            if code.contains("@inline(") || code.contains("@exclusivity(") { hasAttribute = true }
            guard hasAttribute, let name = code.firstMatch(of: /(?:func|var|let|struct|class) (\w+)/) else {
                // An initializer or an accessor belongs to its type, which the table names.
                if code.contains("init(") || code.contains("get {") || code.contains("Address {") {
                    hasAttribute = false
                }
                continue
            }
            found.append((number + 1, String(name.1)))
            hasAttribute = false
        }
        return found
    }

    private static func table() throws -> String {
        let guide = try Repository.text("Documentation/Architecture.md")
        let section = try #require(guide.components(separatedBy: "### Code with a reason to look odd\n").last)
        return try #require(section.components(separatedBy: "\n## ").first)
    }

    @Test(arguments: ["Annotations", "Manager", "Pipeline", "SingleFlight", "Memory", "Eviction", "Keys", "Support"])
    func `each declaration with an odd form is in the table`(room: String) throws {
        let named = Set(
            try Self.table().matches(of: /`([^`]+)`/).flatMap { $0.1.split { !$0.isLetter && !$0.isNumber } }.map(
                String.init
            )
        )
        let folder = Repository.root.appending(path: "Sources/Caching/\(room)")
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        for case let file as URL in try #require(files) where file.pathExtension == "swift" {
            let source = try String(contentsOf: file, encoding: .utf8)
            let owner = file.deletingPathExtension().lastPathComponent.prefix { $0 != "+" }
            for (line, name) in Self.oddDeclarations(source) {
                // A type in the table stands for its members where the row says that all of it is odd.
                let isCovered = ["UnsafeColumn", "UnsafeSlotTable", "UniqueBox", "Slot", "MemoryShardCell"].contains(
                    owner
                )
                #expect(
                    named.contains(name) || isCovered,
                    "\(file.lastPathComponent):\(line) \(name) is not in the table"
                )
            }
        }
    }

    @Test func `each symbol of the table exists`() throws {
        let sources = try FileManager.default.enumerator(
            at: Repository.root.appending(path: "Sources/Caching"),
            includingPropertiesForKeys: nil
        )!.compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }
            .map { try String(contentsOf: $0, encoding: .utf8) }.joined()
        for row in try Self.table().split(separator: "\n") where row.hasPrefix("| `") {
            let cell = try #require(row.split(separator: "|").first)
            for symbol in cell.matches(of: /`([^`]+)`/) {
                for word in symbol.1.matches(of: /[A-Za-z]\w+/) where !["in", "as"].contains(word.0) {
                    #expect(sources.contains(word.0), "\(word.0) of the table is in no source")
                }
            }
        }
    }
}
