// SPDX-License-Identifier: Apache-2.0

/// What a memory backend may hold, said as simply as possible: a dictionary in which nothing is evicted.
struct MemoryModel {
    struct Entry: Equatable {
        var value: Int
        var freshUntil: Int64
        var expiresAt: Int64
        var tags: [String]
    }

    private(set) var entries: [String: Entry] = [:]

    /// The entry of a key, if it is not gone.
    func entry(_ key: String, now: Int64) -> Entry? {
        entries[key].flatMap { $0.expiresAt > now ? $0 : nil }
    }

    mutating func set(_ key: String, _ entry: Entry) { entries[key] = entry }

    /// Takes a key out, because it was removed, or because the store has evicted it.
    mutating func remove(_ key: String) { entries[key] = nil }

    /// Takes out what matches, and says how many were alive.
    mutating func removeAll(now: Int64, where isMatch: (String, Entry) -> Bool) -> Int {
        let matching = entries.filter { isMatch($0.key, $0.value) }
        for key in matching.keys { entries[key] = nil }
        return matching.values.count { $0.expiresAt > now }
    }

    mutating func clear() { entries = [:] }
}
