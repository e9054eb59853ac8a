// SPDX-License-Identifier: Apache-2.0

internal import Caching

/// The layout of the keys of a backend on its server.
///
/// Keys of a cache are printable text. The keys of stamps have a control character after the prefix, so that no key of a
/// cache can be one of them.
struct RedisKeyspace: Sendable {
    /// The text that the backend adds in front of the keys of its callers.
    let prefix: String

    /// The prefix of all keys on the server that the backend reads and writes.
    let scope: String

    /// The key of the stamp of the cache, which changes when the cache is cleared.
    let versionKey: String

    private static let marker = "\u{1F}"

    /// Creates a keyspace.
    ///
    /// - Parameters:
    ///   - prefix: The text that the backend adds in front of the keys of its callers.
    ///   - cachePrefix: The prefix that the keys of its callers already have.
    init(prefix: String, cachePrefix: String = "") {
        self.prefix = prefix
        scope = prefix + cachePrefix
        versionKey = scope + Self.marker + "version"
    }

    /// Returns the key on the server.
    func key(_ key: String) -> String { prefix.isEmpty ? key : prefix + key }

    /// Returns the key of a tag's stamp.
    func tagKey(_ tag: String) -> String {
        let tag = prefix + tag
        // The caches of a manager pass tags with their prefix, which is not repeated.
        let name = tag.utf8.starts(with: scope.utf8) ? String(tag.utf8.dropFirst(scope.utf8.count)) ?? tag : tag
        return scope + Self.marker + "tag:" + name
    }

    /// Returns whether a key on the server is that of an entry, and not of a stamp.
    func isEntryKey(_ key: String) -> Bool {
        key.utf8.starts(with: scope.utf8) && !key.utf8.dropFirst(scope.utf8.count).starts(with: Self.marker.utf8)
    }

    /// Returns a glob pattern of Redis that matches at least the keys that a pattern matches.
    ///
    /// Characters that are special in a glob pattern, but not in a ``KeyPattern``, are escaped.
    func glob(_ pattern: KeyPattern) -> String {
        var glob = Self.escape(prefix)
        for character in pattern.text.unicodeScalars {
            glob += character == "*" ? "*" : Self.escape(String(character))
        }
        return glob
    }

    /// The glob pattern of Redis for all keys of the backend.
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
