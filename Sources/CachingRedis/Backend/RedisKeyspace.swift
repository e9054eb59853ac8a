// SPDX-License-Identifier: Apache-2.0

internal import Caching

/// The keys of a backend on its server.
///
/// A cache's keys are printable text. The keys that the backend needs for itself have a control character after the
/// prefix, so that no key of a cache is ever one of them.
struct RedisKeyspace: Sendable {
    /// The text that the backend writes before every key that it is given.
    let prefix: String

    /// The beginning of all keys of the backend; nothing else on the server is touched.
    let scope: String

    /// The key of the stamp that changes when everything is removed.
    let versionKey: String

    private static let marker = "\u{1F}"

    /// Creates a keyspace.
    ///
    /// - Parameters:
    ///   - prefix: What the backend writes before every key that it is given.
    ///   - given: The beginning of the keys that it is given.
    init(prefix: String, given: String = "") {
        self.prefix = prefix
        scope = prefix + given
        versionKey = scope + Self.marker + "version"
    }

    /// Returns the key on the server.
    func key(_ key: String) -> String { prefix.isEmpty ? key : prefix + key }

    /// Returns the key of a tag's stamp.
    func tagKey(_ tag: String) -> String {
        let tag = prefix + tag
        // The caches of a manager pass tags with their own prefix, which need not be there twice.
        let name = tag.utf8.starts(with: scope.utf8) ? String(tag.utf8.dropFirst(scope.utf8.count)) ?? tag : tag
        return scope + Self.marker + "tag:" + name
    }

    /// Whether a key on the server is one that a cache has given.
    func isOfCache(_ key: String) -> Bool {
        key.utf8.starts(with: scope.utf8) && !key.utf8.dropFirst(scope.utf8.count).starts(with: Self.marker.utf8)
    }

    /// Returns the pattern of Redis for keys that a pattern may match; those that it does match are among them.
    ///
    /// Redis has signs that a ``KeyPattern`` has not: they are escaped.
    func glob(_ pattern: KeyPattern) -> String {
        var glob = Self.escape(prefix)
        for character in pattern.text.unicodeScalars {
            glob += character == "*" ? "*" : Self.escape(String(character))
        }
        return glob
    }

    /// The pattern of Redis for all keys of the backend.
    var everything: String { Self.escape(scope) + "*" }

    private static func escape(_ text: String) -> String {
        var escaped = ""
        for character in text.unicodeScalars {
            if #"*?[]\^-"#.unicodeScalars.contains(character) { escaped += #"\"# }
            escaped.unicodeScalars.append(character)
        }
        return escaped
    }
}
