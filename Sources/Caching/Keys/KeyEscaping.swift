// SPDX-License-Identifier: Apache-2.0

/// The escaping of parts of keys, so that different parts never give the same key.
///
/// Parts are joined with `:`. Within a part, `:`, `*` and `%` are written as `%3A`, `%2A` and `%25`.
@usableFromInline
package enum KeyEscaping {
    /// Returns the parts, escaped and joined with `:`.
    package static func join(_ parts: [String]) -> String {
        parts.map(escape).joined(separator: ":")
    }

    /// Returns the prefix of all keys of a cache: the given parts and a final `:`, or an empty text.
    package static func prefix(_ parts: [String?]) -> String {
        let given = parts.compactMap { $0 }.filter { !$0.isEmpty }
        return given.isEmpty ? "" : join(given) + ":"
    }

    /// Returns a part with `:`, `*` and `%` escaped.
    @usableFromInline
    package static func escape(_ part: String) -> String {
        escape(part, sparingStars: false)
    }

    /// Returns a pattern for a part with `:` and `%` escaped.
    package static func escapePattern(_ pattern: String) -> String {
        escape(pattern, sparingStars: true)
    }

    private static func escape(_ part: String, sparingStars: Bool) -> String {
        guard part.utf8.contains(where: { needsEscape($0, sparingStars) }) else { return part }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(part.utf8.count + 8)
        for byte in part.utf8 {
            guard needsEscape(byte, sparingStars) else {
                bytes.append(byte)
                continue
            }
            bytes.append(UInt8(ascii: "%"))
            bytes += String(byte, radix: 16, uppercase: true).utf8
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func needsEscape(_ byte: UInt8, _ sparingStars: Bool) -> Bool {
        byte == UInt8(ascii: ":") || byte == UInt8(ascii: "%") || (byte == UInt8(ascii: "*") && !sparingStars)
    }
}
