// SPDX-License-Identifier: Apache-2.0

public import Caching
internal import RedisClient

/// Reads of many keys in one round trip.
extension RedisBackend: BatchReadingBackend {
    /// Returns the entries of several keys.
    ///
    /// - Parameter keys: The keys.
    /// - Returns: The entries in the order of the keys; nil for a key without a valid entry.
    /// - Throws: The first error.
    public func get(_ keys: [String]) async throws -> [CacheEntry?] {
        // One pipelined command for each key: a single command for all would block the server for other clients.
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
