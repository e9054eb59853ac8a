// SPDX-License-Identifier: Apache-2.0

/// The names of types in a source file.
struct SourceFile {
    let path: String

    /// The types that the file declares at its top level.
    private(set) var declared: Set<String> = []

    /// The types that the file declares within others.
    private(set) var nested: Set<String> = []

    /// The names in the file that begin with a capital letter.
    ///
    /// A name after a dot is left out, because it belongs to the type before the dot.
    private(set) var named: Set<String> = []

    private static let keywords: Set<Substring> = ["actor", "class", "enum", "protocol", "struct", "typealias"]

    init(path: String, text: String) {
        self.path = path
        let code = SourceText.code(in: text)
        var depth = 0
        var last: Substring = ""
        for token in code.matches(of: #/[\p{L}_][\p{L}\p{N}_]*|[{}.]/#).map(\.output) {
            switch token {
            case "{": depth += 1
            case "}": depth -= 1
            case _ where token.first?.isUppercase != true: break
            case _ where Self.keywords.contains(last):
                if depth == 0 { declared.insert(String(token)) } else { nested.insert(String(token)) }
            case _ where last != ".": named.insert(String(token))
            default: break
            }
            last = token
        }
    }
}
