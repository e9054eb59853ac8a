// SPDX-License-Identifier: Apache-2.0

/// The rules for keys: 1 to 1,024 bytes of UTF-8, not blank, without control characters.
package enum KeyRules {
    package static let maximumBytes = 1024

    /// Returns the problem with a key, or nil when it can be used.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - prefixBytes: The number of bytes before the key in the whole key.
    /// - Returns: A description of the problem.
    package static func problem(with key: String, prefixBytes: Int = 0) -> String? {
        var bytes = 0
        var isBlank = true
        var isASCII = true
        for byte in key.utf8 {
            bytes += 1
            if byte >= 0x80 { isASCII = false }
            if byte < 0x20 || byte == 0x7F {
                return "it has a control character (byte \(hex(byte)) at offset \(bytes - 1)); keys are printable text"
            }
            if byte != 0x20 { isBlank = false }
        }
        if bytes == 0 { return "it is empty; a key is 1 to \(maximumBytes) bytes of UTF-8" }
        bytes += prefixBytes
        if bytes > maximumBytes {
            return "it has \(bytes) bytes of UTF-8, and \(maximumBytes) are accepted; hash what makes it long"
        }
        // C1 controls, the line and paragraph separators and blanks beyond ASCII need the scalars.
        if !isASCII {
            isBlank = true
            for scalar in key.unicodeScalars {
                switch scalar.properties.generalCategory {
                case .control, .lineSeparator, .paragraphSeparator:
                    return "it has a control character (U+\(String(scalar.value, radix: 16, uppercase: true)))"
                default:
                    if !scalar.properties.isWhitespace { isBlank = false }
                }
            }
        }
        return isBlank ? "it is blank; a key has at least one visible character" : nil
    }

    /// Throws ``CacheError/invalidKey(key:reason:)`` when a key cannot be used.
    package static func validate(_ key: String) throws {
        if let reason = problem(with: key) { throw CacheError.invalidKey(key: key, reason: reason) }
    }

    /// Throws ``CacheError/invalidTag(tag:reason:)`` when a tag cannot be used; tags follow the rules of keys.
    package static func validateTag(_ tag: String) throws {
        if let reason = problem(with: tag) { throw CacheError.invalidTag(tag: tag, reason: reason) }
    }

    private static func hex(_ byte: UInt8) -> String {
        "0x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
}
