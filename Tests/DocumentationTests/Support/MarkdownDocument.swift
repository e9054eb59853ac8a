// SPDX-License-Identifier: Apache-2.0

/// What the tests need to know about a Markdown file: its fenced blocks, its headings and its links.
struct MarkdownDocument {
    struct Block {
        let language: String
        let line: Int
        let lines: [String]
        var text: String { lines.joined(separator: "\n") }
    }

    struct Link {
        let target: String
        let line: Int
    }

    let path: String
    private(set) var blocks: [Block] = []
    private(set) var links: [Link] = []
    private(set) var anchors: Set<String> = []

    init(path: String, text: String) {
        self.path = path
        var open: (language: String, line: Int, lines: [String])?
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if line.hasPrefix("```") {
                if let block = open {
                    blocks.append(Block(language: block.language, line: block.line, lines: block.lines))
                    open = nil
                } else {
                    open = (String(line.dropFirst(3)), index + 1, [])
                }
            } else if open != nil {
                open?.lines.append(String(line))
            } else {
                if line.hasPrefix("#") { anchors.insert(Self.anchor(of: line)) }
                links += line.matches(of: #/\]\(([^)\s]+)\)/#).map { Link(target: String($0.1), line: index + 1) }
            }
        }
    }

    /// The blocks in a language.
    func blocks(_ language: String) -> [Block] { blocks.filter { $0.language == language } }

    /// The name under which a heading is linked to: lower case, words joined by hyphens.
    private static func anchor(of heading: Substring) -> String {
        let title = heading.drop { $0 == "#" || $0 == " " }.lowercased()
        return String(title.filter { $0.isLetter || $0.isNumber || "-_ ".contains($0) }.map { $0 == " " ? "-" : $0 })
    }
}
