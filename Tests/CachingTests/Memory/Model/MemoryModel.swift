// SPDX-License-Identifier: Apache-2.0

/// A model of the entries that a memory backend may hold: a dictionary without evictions.
struct MemoryModel {
    struct Entry: Equatable {
        var value: Int
        var freshUntil: Int64
        var expiresAt: Int64
        var tags: [String]
    }

    private(set) var entries: [String: Entry] = [:]

    /// Returns the entry of a key, if it has not ended.
    func entry(_ key: String, now: Int64) -> Entry? {
        entries[key].flatMap { $0.expiresAt > now ? $0 : nil }
    }

    mutating func set(_ key: String, _ entry: Entry) { entries[key] = entry }

    /// Removes a key that was removed from the store or evicted.
    mutating func remove(_ key: String) { entries[key] = nil }

    /// Removes the matching entries and returns the number of those that had not expired.
    mutating func removeAll(now: Int64, where isMatch: (String, Entry) -> Bool) -> Int {
        let matching = entries.filter { isMatch($0.key, $0.value) }
        for key in matching.keys { entries[key] = nil }
        return matching.values.count { $0.expiresAt > now }
    }

    mutating func clear() { entries = [:] }
}
