// SPDX-License-Identifier: Apache-2.0

public import Caching
internal import RedisClient

/// Many keys in one round trip.
extension RedisBackend: BatchReadingBackend {
    /// Returns the entries of keys, which are asked for together.
    ///
    /// - Parameter keys: The keys.
    /// - Returns: For each key, in their order, the entry, or nil when there is none.
    /// - Throws: The first failure.
    public func get(_ keys: [String]) async throws -> [CacheEntry?] {
        // One command each, written together: a single one for all would keep the server from everybody else.
        try await withThrowingTaskGroup(of: (Int, CacheEntry?).self) { group in
            for (index, key) in keys.enumerated() {
                group.addTask { (index, try await self.get(key)) }
            }
            var entries = [CacheEntry?](repeating: nil, count: keys.count)
            for try await (index, entry) in group { entries[index] = entry }
            return entries
        }
    }
}
