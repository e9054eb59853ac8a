// SPDX-License-Identifier: Apache-2.0

/// The prefixes of the keys of all caches, and the caches whose keys could collide.
///
/// The keys of a cache begin with its prefix, its version and its name, as far as they are given, escaped and each
/// followed by a colon. The keys of two caches may collide when the prefix of one begins with the prefix of the other.
package struct KeyLayout: Sendable {
    /// A cache that takes part in the layout.
    package struct Cache: Sendable {
        package let name: String
        package let prefix: String?
        package let version: String?
        /// A Boolean value that indicates whether the name is in the keys.
        package let isNamed: Bool

        package init(name: String, prefix: String?, version: String?, isNamed: Bool) {
            self.name = name
            self.prefix = prefix
            self.version = version
            self.isNamed = isNamed
        }

        /// The prefix of the keys of the cache.
        package var keyPrefix: String { KeyEscaping.prefix([prefix, version, isNamed ? name : nil]) }
    }

    /// Two caches whose keys could collide: all keys of the inner one are keys of the outer one, too.
    package struct Conflict: Sendable, Hashable {
        package let outer: String
        package let outerPrefix: String
        package let inner: String
        package let innerPrefix: String

        /// A description of the conflict, with a way to resolve it.
        package var reason: String {
            let all = outerPrefix.isEmpty ? "any" : "with \(QuotedText.of(outerPrefix))"
            return "its keys begin with \(QuotedText.of(innerPrefix)), and those of the cache "
                + "\(QuotedText.of(outer)) begin \(all), so the two would meet; "
                + "give one of them another prefix, version or name"
        }
    }

    /// A name, prefix or version that cannot be a part of a key.
    package struct Objection: Sendable, Hashable {
        package let cache: String
        /// `name`, `prefix` or `version`.
        package let part: String
        package let value: String
        package let reason: String

        /// Returns a description of the objection.
        ///
        /// - Parameter place: The place at which the part was given.
        /// - Returns: The description.
        package func reason(among place: String) -> String {
            "the \(part) \(QuotedText.of(value)) given to \(place) cannot be a part of it: \(reason)"
        }
    }

    /// The prefix of the keys of each cache, in the order of the caches.
    package let prefixes: [String]

    /// The pairs of caches whose keys could collide.
    package let conflicts: [Conflict]

    /// The names, prefixes and versions that cannot be used.
    package let objections: [Objection]

    package init(_ caches: [Cache]) {
        prefixes = caches.map(\.keyPrefix)
        conflicts = Self.conflicts(caches, prefixes)
        objections = caches.flatMap { cache in
            [("name", cache.name), ("prefix", cache.prefix), ("version", cache.version)].compactMap { part, value in
                guard let value, let reason = KeyRules.problem(with: value) else { return nil }
                return Objection(cache: cache.name, part: part, value: value, reason: reason)
            }
        }
    }

    private static func conflicts(_ caches: [Cache], _ prefixes: [String]) -> [Conflict] {
        var conflicts: [Conflict] = []
        for first in caches.indices {
            for second in caches.indices.dropFirst(first + 1) {
                let isOuter = prefixes[second].utf8.starts(with: prefixes[first].utf8)
                guard isOuter || prefixes[first].utf8.starts(with: prefixes[second].utf8) else { continue }
                let (outer, inner) = isOuter ? (first, second) : (second, first)
                conflicts.append(
                    Conflict(
                        outer: caches[outer].name,
                        outerPrefix: prefixes[outer],
                        inner: caches[inner].name,
                        innerPrefix: prefixes[inner]
                    )
                )
            }
        }
        return conflicts
    }
}
