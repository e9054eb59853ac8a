// SPDX-License-Identifier: Apache-2.0

/// The entries that a set or an invalidation changes.
package enum ChangeTarget: Sendable {
    /// One key of a cache.
    case key(FlightKey)
    /// The keys of a cache that match a pattern.
    case pattern(KeyPattern, cache: Int)
    /// The entries of a cache with a tag.
    case tag(String, cache: Int)
    /// All entries of a cache.
    case everything(cache: Int)

    /// Returns whether a flight with these tags loads an entry that the change names.
    func matches(_ key: FlightKey, tags: [String]) -> Bool {
        switch self {
        case .key(let changed): changed == key
        case .pattern(let pattern, let cache): cache == key.cache && pattern.matches(key.key)
        case .tag(let tag, let cache): cache == key.cache && tags.contains { $0.utf8.elementsEqual(tag.utf8) }
        case .everything(let cache): cache == key.cache
        }
    }
}

/// The latest invalidations by tag, for loads that add tags while they run.
struct TagInvalidations {
    private static let capacity = 256

    private var latest: [(cache: Int, tag: String)?] = Array(repeating: nil, count: capacity)

    /// The number of invalidations so far.
    private(set) var count = 0

    mutating func append(_ tag: String, cache: Int) {
        latest[count % Self.capacity] = (cache, tag)
        count += 1
    }

    /// Returns whether a tag was invalidated after the first `start` invalidations; true when the record does not reach
    /// back that far.
    func contains(_ tag: String, cache: Int, since start: Int) -> Bool {
        guard count - start <= Self.capacity else { return true }
        return (start..<count).contains { number in
            guard let entry = latest[number % Self.capacity] else { return false }
            return entry.cache == cache && entry.tag.utf8.elementsEqual(tag.utf8)
        }
    }
}
