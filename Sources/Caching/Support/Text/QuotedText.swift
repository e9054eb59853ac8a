// SPDX-License-Identifier: Apache-2.0

/// The form in which messages show texts from outside.
package enum QuotedText {
    private static let longest = 80

    /// Returns a text in quotation marks, escaped, and cut after 80 characters (Unicode scalars).
    package static func of(_ text: String) -> String {
        let shown = text.unicodeScalars.prefix(longest).map { $0.escaped(asASCII: false) }.joined()
        return "\"\(shown)\"" + (text.unicodeScalars.count > longest ? "…" : "")
    }
}
