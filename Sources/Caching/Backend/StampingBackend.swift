// SPDX-License-Identifier: Apache-2.0

/// The stamps of a cache and of tags on a server, by which an entry is validated: it is valid while each stamp is the
/// same as when the load of its value began.
///
/// Stamps are compared for equality only, so that clocks need not agree.
package struct EntryStamps: Sendable, Hashable {
    /// The stamp of the whole cache, which changes when it is cleared.
    package var cache: UInt64

    /// The stamp of a tag.
    package struct Tag: Sendable, Hashable {
        package let tag: String
        package let stamp: UInt64

        package init(_ tag: String, _ stamp: UInt64) {
            self.tag = tag
            self.stamp = stamp
        }
    }

    /// The stamps of tags.
    package var tags: [Tag]

    /// The time of the read in nanoseconds, of a monotonic clock.
    package var takenAt: Int64

    package init(cache: UInt64, tags: [Tag] = [], takenAt: Int64) {
        self.cache = cache
        self.tags = tags
        self.takenAt = takenAt
    }

    /// Returns the stamp of a tag; nil when it is not known.
    ///
    /// Tags are compared by their bytes, in a linear search, because there are few of them.
    package func stamp(of tag: String) -> UInt64? {
        tags.first { $0.tag.utf8.elementsEqual(tag.utf8) }?.stamp
    }
}

/// The outcome of a read that also returns stamps.
package struct StampedRead: Sendable {
    /// The entry, if it is valid; a failure when its bytes cannot be read.
    package var entry: Result<CacheEntry?, any Error>

    /// The stamps for a value that is loaded from now on.
    package var stamps: EntryStamps

    package init(entry: Result<CacheEntry?, any Error>, stamps: EntryStamps) {
        self.entry = entry
        self.stamps = stamps
    }
}

/// A backend that writes stamps into each entry, so that an invalidation also reaches the loads of other processes: the
/// entries that they store afterwards have outdated stamps.
package protocol StampingBackend: TagInvalidatingBackend {
    /// Whether the backend writes stamps, which it does not when it stores plain values.
    var writesStamps: Bool { get }

    /// Returns the entry of a key, and stamps.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - tags: The tags whose stamps to read.
    /// - Returns: The entry and the stamps.
    /// - Throws: An error when the backend cannot be read.
    func get(_ key: String, tags: [String]) async throws -> StampedRead

    /// Returns stamps.
    ///
    /// - Parameter tags: The tags.
    /// - Returns: The stamps of the cache and of the tags.
    /// - Throws: An error when the backend cannot be read.
    func stamps(of tags: [String]) async throws -> EntryStamps

    /// Stores an entry with the stamps from when its load began.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - entry: The entry.
    ///   - ttl: The time for which to keep the entry; nil keeps it until it is removed or evicted.
    ///   - stamps: The stamps from when its load began; tags of the entry without a stamp were added by the load.
    /// - Returns: Whether the entry was stored; false when a tag that the load added was invalidated since.
    /// - Throws: An error when the entry could not be stored.
    func set(_ key: String, _ entry: CacheEntry, ttl: Duration?, stamps: EntryStamps) async throws -> Bool
}
