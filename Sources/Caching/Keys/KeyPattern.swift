// SPDX-License-Identifier: Apache-2.0

/// Which keys to invalidate: `*` stands for any run of characters, everything else for itself.
///
/// The grammar is the same on every backend. There are no `?`, `[...]` or escapes: `users:[1]*` matches keys that
/// begin with the characters `users:[1]`. A pattern without `*` names exactly one key.
public struct KeyPattern: Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// The pattern as it was written.
    public let text: String

    /// The literal parts around the stars: one part means there is no star.
    private let parts: [[UInt8]]

    /// Creates a pattern.
    ///
    /// - Parameter text: The pattern, for instance `users:*`.
    public init(_ text: String) {
        self.text = text
        self.parts = text.utf8.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false).map(Array.init)
    }

    /// Creates a pattern from a literal.
    ///
    /// - Parameter value: The pattern, for instance `users:*`.
    public init(stringLiteral value: String) { self.init(value) }

    /// The pattern as it was written.
    public var description: String { text }

    /// The literal text before the first star, which a backend can narrow its search with.
    public var literalPrefix: String { String(decoding: parts[0], as: UTF8.self) }

    /// The same as UTF-8.
    var prefixBytes: [UInt8] { parts[0] }

    /// Whether the pattern has no star and so names exactly one key.
    public var isLiteral: Bool { parts.count == 1 }

    /// Whether the pattern matches every key.
    public var matchesEverything: Bool { !isLiteral && parts.allSatisfy(\.isEmpty) }

    /// Whether a key matches.
    ///
    /// - Parameter key: The key.
    /// - Returns: Whether it matches, byte for byte.
    /// - Complexity: O(key length x pattern length) at worst; there is no backtracking over stars, so no pattern makes
    ///   it exponential.
    public func matches(_ key: String) -> Bool {
        var key = key
        return key.withUTF8 { matches(bytes: $0) }
    }

    private func matches(bytes key: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = parts.first, let last = parts.last else { return false }
        guard parts.count > 1 else { return key.elementsEqual(first) }
        guard key.count >= first.count + last.count,
            key.prefix(first.count).elementsEqual(first), key.suffix(last.count).elementsEqual(last)
        else { return false }
        // Between the fixed ends, taking the leftmost place of each part is always right.
        var position = first.count
        let end = key.count - last.count
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let found = Self.find(part, in: key, from: position, to: end) else { return false }
            position = found + part.count
        }
        return true
    }

    private static func find(
        _ part: [UInt8],
        in key: UnsafeBufferPointer<UInt8>,
        from start: Int,
        to end: Int
    ) -> Int? {
        guard end - start >= part.count else { return nil }
        return (start...(end - part.count)).first { offset in
            part.indices.allSatisfy { key[offset + $0] == part[$0] }
        }
    }
}
