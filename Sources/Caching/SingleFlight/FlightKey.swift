// SPDX-License-Identifier: Apache-2.0

/// The key of a flight: a cache of the manager, and a key in it.
package struct FlightKey: Hashable, Sendable {
    package let cache: Int
    package let key: String

    /// The hash, computed outside of the lock under which flights are looked up.
    private let digest: UInt64

    package init(cache: Int, key: String) {
        self.cache = cache
        self.key = key
        digest = KeyHash.shared(key)
    }

    /// Returns whether two keys have the same bytes.
    ///
    /// Strings that are canonically equivalent are equal in Swift and differ in their bytes, and so in the hash of those.
    package static func == (left: FlightKey, right: FlightKey) -> Bool {
        left.digest == right.digest && left.cache == right.cache && left.key == right.key
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(digest) }
}
