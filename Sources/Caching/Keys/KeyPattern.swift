// SPDX-License-Identifier: Apache-2.0

/// A pattern of keys to invalidate: `*` stands for any run of characters, and any other character for itself.
///
/// ```swift
/// try await cache.invalidate("users:*")
/// let tenant = "acme"
/// try await cache.invalidate(KeyPattern("\(tenant):*:profile"))
/// ```
///
/// The grammar is the same on every backend. There are no `?`, `[...]` or escapes: `users:[1]*` matches keys that
/// begin with the characters `users:[1]`. A pattern without `*` names exactly one key.
public struct KeyPattern: Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// The text of the pattern.
    public let text: String

    /// A Boolean value that indicates whether a star stands only for characters other than `:`.
    ///
    /// It is true in patterns that `Cache.invalidate` passes to a backend. There, `a:*` matches the values of the namespace
    /// `a`, and not those of a namespace `b` with the prefix `a`. The text does not show the difference, so a backend must
    /// use ``matches(_:)``.
    public let starsStopAtColons: Bool

    /// The literal parts around the stars; a single part if there is no star.
    private let parts: [[UInt8]]

    /// The literal parts of each run of text between colons, when stars stop at them.
    private let segments: [[[UInt8]]]

    /// Creates a pattern.
    ///
    /// - Parameter text: The pattern, for instance `users:*`.
    public init(_ text: String) { self.init(text, starsStopAtColons: false) }

    /// Creates a pattern for the identifiers of a namespace.
    ///
    /// - Parameters:
    ///   - namespace: The escaped text before the identifiers.
    ///   - pattern: The pattern of the identifiers, which is escaped except for its stars.
    package init(namespace: String, _ pattern: KeyPattern) {
        self.init(namespace + KeyEscaping.escapePattern(pattern.text), starsStopAtColons: true)
    }

    private init(_ text: String, starsStopAtColons: Bool) {
        self.text = text
        self.starsStopAtColons = starsStopAtColons
        parts = Self.parts(text.utf8[...])
        segments =
            starsStopAtColons
            ? text.utf8.split(separator: Self.colon, omittingEmptySubsequences: false).map(Self.parts) : []
    }

    private static let colon = UInt8(ascii: ":")

    private static func parts(_ text: Substring.UTF8View) -> [[UInt8]] {
        text.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false).map(Array.init)
    }

    /// Returns the pattern with a text, which must have no stars, before it.
    package func prefixed(by prefix: String) -> KeyPattern {
        prefix.isEmpty ? self : KeyPattern(prefix + text, starsStopAtColons: starsStopAtColons)
    }

    /// Creates a pattern from a literal.
    ///
    /// - Parameter value: The pattern, for instance `users:*`.
    public init(stringLiteral value: String) { self.init(value) }

    /// The text of the pattern.
    public var description: String { text }

    /// The literal text before the first star, with which a backend can narrow its search.
    public var literalPrefix: String { String(decoding: parts[0], as: UTF8.self) }

    /// The literal text before the first star as UTF-8.
    var prefixBytes: [UInt8] { parts[0] }

    /// A Boolean value that indicates whether the pattern has no star and so names exactly one key.
    public var isLiteral: Bool { parts.count == 1 }

    /// A Boolean value that indicates whether the pattern matches every key.
    public var matchesEverything: Bool { !isLiteral && !starsStopAtColons && parts.allSatisfy(\.isEmpty) }

    /// Returns whether a key matches.
    ///
    /// - Parameter key: The key.
    /// - Returns: Whether the key matches, byte for byte.
    /// - Complexity: O(key length x pattern length) at worst. There is no backtracking over stars, so no pattern takes
    ///   exponential time.
    public func matches(_ key: String) -> Bool {
        var key = key
        return key.withUTF8 { matches(bytes: $0) }
    }

    private func matches(bytes key: UnsafeBufferPointer<UInt8>) -> Bool {
        guard starsStopAtColons else { return Self.matches(parts, key) }
        // Each colon in the key is a colon of the pattern, so the segments between colons can be compared one by one.
        var rest = key[...]
        for segment in segments.dropLast() {
            guard let end = rest.firstIndex(of: Self.colon),
                Self.matches(segment, UnsafeBufferPointer(rebasing: rest[..<end]))
            else { return false }
            rest = rest[(end + 1)...]
        }
        guard let last = segments.last, !rest.contains(Self.colon) else { return false }
        return Self.matches(last, UnsafeBufferPointer(rebasing: rest))
    }

    private static func matches(_ parts: [[UInt8]], _ key: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = parts.first, let last = parts.last else { return false }
        guard parts.count > 1 else { return key.elementsEqual(first) }
        guard key.count >= first.count + last.count,
            key.prefix(first.count).elementsEqual(first), key.suffix(last.count).elementsEqual(last)
        else { return false }
        // Between the fixed ends, the leftmost place of each part is always right.
        var position = first.count
        let end = key.count - last.count
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let found = find(part, in: key, from: position, to: end) else { return false }
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
