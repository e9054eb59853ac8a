// SPDX-License-Identifier: Apache-2.0

/// What a flight is for: a key in one of the manager's caches.
package struct FlightKey: Hashable, Sendable {
    package let cache: Int
    package let key: String

    package init(cache: Int, key: String) {
        self.cache = cache
        self.key = key
    }

    /// Whether two keys have the same bytes.
    ///
    /// Swift takes texts as equal that backends tell apart.
    package static func == (left: FlightKey, right: FlightKey) -> Bool {
        left.cache == right.cache && left.key.utf8.elementsEqual(right.key.utf8)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(cache)
        let isDone: Void? = key.utf8.withContiguousStorageIfAvailable {
            hasher.combine(bytes: UnsafeRawBufferPointer($0))
        }
        if isDone == nil { hasher.combine(Array(key.utf8)) }
    }
}
