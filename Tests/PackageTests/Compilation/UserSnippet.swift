// SPDX-License-Identifier: Apache-2.0

import Testing

/// Code that a user would reasonably write, and its outcome.
struct UserSnippet: CustomTestStringConvertible, Sendable {
    enum Outcome: Sendable {
        /// The code compiles.
        case compiles

        /// The code does not compile, and the error names the remedy or the rule.
        case refused(String, remedy: String? = nil)

        /// The code does not compile, the error is one of the language, and a guide names the remedy.
        case explained(String, guide: String, remedy: String)

        /// The compiler ends without a result, which a guide names.
        case stopsTheCompiler(guide: String)
    }

    let title: String
    let source: String
    let outcome: Outcome

    init(_ title: String, _ source: String, _ outcome: Outcome) {
        (self.title, self.source, self.outcome) = (title, source, outcome)
    }

    var testDescription: String { title }

    /// The fragment of the error of a snippet that does not compile.
    var error: String? {
        switch outcome {
        case .refused(let error, _), .explained(let error, _, _): error
        case .compiles, .stopsTheCompiler: nil
        }
    }

    /// The words of a guide that explain the outcome.
    var guide: String? {
        switch outcome {
        case .explained(_, let guide, _), .stopsTheCompiler(let guide): guide
        case .compiles, .refused: nil
        }
    }

    /// The code that compiles: the snippet itself or the remedy.
    var accepted: String? {
        switch outcome {
        case .compiles: source
        case .refused(_, let remedy): remedy
        case .explained(_, _, let remedy): remedy
        case .stopsTheCompiler: nil
        }
    }

    static let all = onAnnotations + onFunctions + onResults + onArguments + onLifetimes + onManagers

    /// The declarations that all snippets use.
    static let declarations = """
        struct User: Codable, Sendable { var id: Int }
        struct Database: Sendable { func user(_ id: Int) async throws -> User { User(id: id) } }
        struct Plain: Sendable { var id: Int }
        struct Query: Sendable, Hashable { var text: String }

        """
}
