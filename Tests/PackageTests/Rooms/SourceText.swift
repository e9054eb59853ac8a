// SPDX-License-Identifier: Apache-2.0

/// The code of a source file, without comments and string literals, and with interpolated code.
struct SourceText {
    private let source: [UInt8]
    private var position = 0
    private var code: [UInt8] = []

    /// Returns the code in a source.
    static func code(in text: String) -> String {
        var source = SourceText(source: Array(text.utf8))
        source.copyCode(isInterpolated: false)
        return String(decoding: source.code, as: UTF8.self)
    }

    private init(source: [UInt8]) { self.source = source }

    /// Copies code to its end, which for interpolated code is a parenthesis.
    private mutating func copyCode(isInterpolated: Bool) {
        var depth = 0
        while position < source.count {
            if isNext("//") {
                skip { $0 != UInt8(ascii: "\n") }
            } else if isNext("/*") {
                skipComment()
            } else if let hashes = hashesOfText() {
                copyText(hashes)
            } else {
                if isNext("(") { depth += 1 }
                if isNext(")") { depth -= 1 }
                code.append(source[position])
                position += 1
                if isInterpolated, depth < 0 { return }
            }
        }
    }

    /// Skips a comment and the comments nested in it.
    private mutating func skipComment() {
        var depth = 0
        repeat {
            if take("/*") {
                depth += 1
            } else if take("*/") {
                depth -= 1
            } else {
                position += 1
            }
        } while depth > 0 && position < source.count
        code.append(UInt8(ascii: " "))
    }

    /// Returns the number of number signs before the next quotation mark; nil when none is next.
    private func hashesOfText() -> Int? {
        let rest = source[position...]
        let hashes = rest.prefix { $0 == UInt8(ascii: "#") }.count
        return rest.dropFirst(hashes).first == UInt8(ascii: "\"") ? hashes : nil
    }

    /// Skips a string literal and copies its interpolated code.
    private mutating func copyText(_ hashes: Int) {
        position += hashes
        let signs = String(repeating: "#", count: hashes)
        let marks = isNext("\"\"\"") ? "\"\"\"" : "\""
        position += marks.utf8.count
        let (end, escape) = (marks + signs, "\\" + signs)
        code.append(UInt8(ascii: " "))
        while position < source.count {
            if take(end) { return code.append(UInt8(ascii: " ")) }
            if take(escape + "(") {
                copyCode(isInterpolated: true)
            } else {
                // An escaped character ends nothing.
                _ = take(escape)
                position += 1
            }
        }
    }

    private func isNext(_ text: String) -> Bool { source[position...].starts(with: text.utf8) }

    private mutating func take(_ text: String) -> Bool {
        guard isNext(text) else { return false }
        position += text.utf8.count
        return true
    }

    private mutating func skip(while isSkipped: (UInt8) -> Bool) {
        while position < source.count, isSkipped(source[position]) { position += 1 }
    }
}
