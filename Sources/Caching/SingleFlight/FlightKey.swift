// SPDX-License-Identifier: Apache-2.0

/// The key of a flight, in one of the manager's caches.
package struct FlightKey: Hashable, Sendable {
    package let cache: Int
    package let key: String

    /// Computed here, outside of the lock under which flights are looked up.
    private let digest: UInt64

    package init(cache: Int, key: String) {
        self.cache = cache
        self.key = key
        digest = KeyHash.shared(key)
    }

    /// Whether two keys have the same bytes.
    ///
    /// Swift takes texts as equal that backends tell apart; those differ in their hash, which is made of bytes.
    package static func == (left: FlightKey, right: FlightKey) -> Bool {
        left.digest == right.digest && left.cache == right.cache && left.key == right.key
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(digest) }
}
