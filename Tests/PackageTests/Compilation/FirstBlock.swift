// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The first block of Swift in a document.
struct FirstBlock: Sendable {
    /// The path of the document, from the root of the repository.
    let document: String
    private let text: String

    /// Nil for a document without Swift, and where the block is a part of a manifest.
    init?(of document: String) throws {
        let text = try Repository.text(document)
        guard let match = text.firstMatch(of: #/(?ms)^```swift\n(.*?)^```$/#) else { return nil }
        guard !match.1.hasPrefix("// Package.swift") else { return nil }
        (self.document, self.text) = (document, String(match.1))
    }

    /// The name of a file with the block.
    var name: String { String(document.split(separator: "/").last ?? "").replacing(".md", with: "") }

    /// Whether a property in the block has a function type that does not say where the function runs.
    var hasFunctionType: Bool { text.contains(": @Sendable (") }

    /// Whether the document, or the guide to functions if the document links to it, names the attribute that such a
    /// type needs where nonsending is the default.
    var isExplained: Bool {
        get throws {
            let guide = try Repository.text(document)
            let functions = guide.contains("Functions.md") ? try Repository.text("Documentation/Functions.md") : ""
            return [guide, functions].contains {
                $0.contains("NonisolatedNonsendingByDefault") && $0.contains("@concurrent")
            }
        }
    }

    /// A file of a module: declarations at the top level, and statements in a function.
    func source(in mode: LanguageMode) -> String {
        let isDeclaration = { (item: String) in item.contains(Self.declaration) }
        let code =
            Self.imports + items.filter(isDeclaration).joined()
            + "private func example() async throws {\n"
            + items.filter { !isDeclaration($0) }.joined() + "}\n"
        return mode.isNonsending ? code.replacing(": @Sendable (", with: ": @concurrent @Sendable (") : code
    }

    private static let imports = ["Caching", "CachingRedis", "CachingTesting", "FileSystemBackend", "Testing"]
        .map { "import \($0)\n" }.joined()

    /// The line that begins a declaration of something other than a constant or variable.
    private static var declaration: Regex<Substring> {
        #/(?m)^(?:@\S+ |nonisolated |final )*(?:import|struct|class|actor|enum|protocol|extension|func) .*/#
    }

    /// The declarations and statements of the block, each with the attributes and comments before it.
    private var items: [String] {
        var items: [String] = []
        var isComplete = true
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let continues = line.isEmpty || " })]".contains(line.prefix(1))
            if continues || !isComplete, !items.isEmpty {
                items[items.count - 1] += line + "\n"
            } else {
                items.append(line + "\n")
            }
            if !continues { isComplete = !line.hasPrefix("//") && line.wholeMatch(of: #/@\w+(\(.*\))?/#) == nil }
        }
        return items
    }
}
