// SPDX-License-Identifier: Apache-2.0

/// Lines of code without what may differ between a document and a source: blank lines, the indentation that all have in
/// common, the distance of a comment at the end of a line, which documents align, and imports, which a document shows
/// where a source file has them at its top.
struct CodeLines {
    let lines: [String]
    let imports: Set<String>

    init(_ text: String) {
        let all = text.split(separator: "\n").filter { !$0.allSatisfy(\.isWhitespace) }
            .map { $0.replacing(#/(\S) {2,}\/\/ /#) { "\($0.1)  // " } }.map(String.init)
        imports = Set(all.filter(Self.isImport))
        lines = all.filter { !Self.isImport($0) }
    }

    /// Whether these lines contain others in a row, all indented by the same number of spaces more.
    func contains(_ other: CodeLines) -> Bool {
        guard let first = other.lines.first, other.imports.isSubset(of: imports) else { return false }
        return lines.indices.contains { start in
            let indentation = lines[start].count - first.count
            guard indentation >= 0, start + other.lines.count <= lines.count else { return false }
            let margin = String(repeating: " ", count: indentation)
            return zip(lines[start...], other.lines).allSatisfy { $0 == margin + $1 }
        }
    }

    private static func isImport(_ line: String) -> Bool {
        line.wholeMatch(of: #/(@testable )?import \w+/#) != nil
    }
}
