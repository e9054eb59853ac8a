// SPDX-License-Identifier: Apache-2.0

/// The secrets of a configuration, in the forms in which a driver may quote them.
struct Secrets: Sendable {
    /// The length from which a part of a secret is hidden too.
    private static let revealingBytes = 6
    /// The length below which a form is hidden only as a whole word, because hiding every "1" would hide the message.
    private static let wordBytes = 4
    /// The separators of the parts of an address, any of which may be in a password too.
    private static let separators = Array("@/:?#".utf8)

    private var forms: Set<[UInt8]> = []

    /// Adds a value that must not be shown; of an address, only the password and the parameters are secret.
    mutating func insert(_ value: ConfigurationValue, isAddress: Bool) {
        for text in value.plainTexts {
            insert(Array(text.utf8), isAddress: isAddress)
            let decoded = PercentEncoding.decoded(Array(text.utf8)).bytes
            if decoded != Array(text.utf8) { insert(decoded, isAddress: isAddress) }
        }
    }

    private mutating func insert(_ secret: [UInt8], isAddress: Bool) {
        forms.insert(secret)
        let escaped = String(decoding: secret, as: UTF8.self).unicodeScalars
        for isASCII in [true, false] {
            forms.insert(Array(escaped.map { $0.escaped(asASCII: isASCII) }.joined().utf8))
        }
        for part in Self.passwords(in: secret) {
            insertPieces(of: part)
            insertPieces(of: PercentEncoding.decoded(part).bytes)
        }
        if !isAddress || Self.scheme(in: secret) == nil { insertPieces(of: secret) }
        forms.remove([])
    }

    /// Adds a password, the pieces of it between separators, at which clients may split it, and its revealing parts.
    private mutating func insertPieces(of password: [UInt8]) {
        forms.insert(password)
        for piece in password.split(whereSeparator: Self.separators.contains) { forms.insert(Array(piece)) }
        guard password.count > Self.revealingBytes else { return }
        for start in 0...(password.count - Self.revealingBytes) {
            forms.insert(Array(password[start..<(start + Self.revealingBytes)]))
        }
    }

    /// Returns every part that may be the password of an address, `scheme://user:password@host?name=value`.
    ///
    /// Each `@` may end a password and each `:` before that may begin it, because passwords may contain both.
    private static func passwords(in secret: [UInt8]) -> [[UInt8]] {
        let rest = secret[(scheme(in: secret)?.upperBound ?? 0)...]
        var found: [[UInt8]] = []
        for end in rest.indices where rest[end] == UInt8(ascii: "@") {
            let user = rest[..<end]
            let colons = user.indices.filter { user[$0] == UInt8(ascii: ":") }
            found += colons.isEmpty ? [Array(user)] : colons.map { Array(user[($0 + 1)...]) }
        }
        if let query = rest.firstIndex(of: UInt8(ascii: "?")) {
            for item in rest[(query + 1)...].split(separator: UInt8(ascii: "&")) {
                if let sign = item.firstIndex(of: UInt8(ascii: "=")) { found.append(Array(item[(sign + 1)...])) }
            }
        }
        return found.filter { !$0.isEmpty }
    }

    /// Returns the range of the `://` after the scheme of an address.
    private static func scheme(in secret: [UInt8]) -> Range<Int>? {
        let mark = Array("://".utf8)
        return secret.indices.first { secret[$0...].starts(with: mark) }.map { $0..<($0 + mark.count) }
    }

    /// Returns a text of a driver, which may quote its settings, without the secrets.
    func removed(from text: String) -> String {
        let bytes = Array(text.utf8)
        var isHidden = [Bool](repeating: false, count: bytes.count)
        let decoded = PercentEncoding.decoded(bytes)
        for form in forms {
            for range in Self.places(of: form, in: bytes) { isHidden.hide(range) }
            for range in Self.places(of: form, in: decoded.bytes) {
                isHidden.hide(decoded.starts[range.lowerBound]..<decoded.starts[range.upperBound])
            }
        }
        var shown: [UInt8] = []
        for index in bytes.indices {
            if !isHidden[index] {
                shown.append(bytes[index])
            } else if index == 0 || !isHidden[index - 1] {
                shown += Array("(not shown)".utf8)
            }
        }
        return String(decoding: shown, as: UTF8.self)
    }

    private static func places(of form: [UInt8], in bytes: [UInt8]) -> [Range<Int>] {
        guard bytes.count >= form.count else { return [] }
        return (0...(bytes.count - form.count)).compactMap { start in
            let range = start..<(start + form.count)
            guard bytes[range].elementsEqual(form) else { return nil }
            guard form.count < wordBytes else { return range }
            let before = start > 0 && isWordByte(bytes[start - 1])
            let after = range.upperBound < bytes.count && isWordByte(bytes[range.upperBound])
            return before || after ? nil : range
        }
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), 0x80...:
            true
        default: false
        }
    }
}

extension [Bool] {
    fileprivate mutating func hide(_ range: Range<Int>) {
        for index in range { self[index] = true }
    }
}

extension ConfigurationValue {
    /// The value in the forms in which it may be printed.
    fileprivate var plainTexts: [String] {
        switch self {
        case .text(let text):
            // A text that is a number is read as one, and may be printed without leading zeros.
            [text] + [Int(text).map { "\($0)" }, Double(text).map { "\($0)" }].compactMap { $0 }
        case .integer(let value): ["\(value)", "\(Double(value))"]
        case .number(let value): ["\(value)"] + [Int(exactly: value)].compactMap { $0 }.map { "\($0)" }
        case .boolean(let value): ["\(value)"]
        }
    }
}
