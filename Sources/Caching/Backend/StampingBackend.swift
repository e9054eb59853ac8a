// SPDX-License-Identifier: Apache-2.0

/// The state of a cache and of tags on a server, which an entry belongs to: it is valid while each stamp is what it was
/// when the load of the value began.
///
/// Stamps are compared for equality only, so that no two clocks have to agree.
package struct EntryStamps: Sendable, Hashable {
    /// The stamp of the whole cache, which changes when it is cleared.
    package var cache: UInt64

    /// The stamps of tags.
    package var tags: StampsByTag

    /// The time of the read in nanoseconds, of a clock that does not run backwards.
    package var takenAt: Int64

    package init(cache: UInt64, tags: StampsByTag, takenAt: Int64) {
        self.cache = cache
        self.tags = tags
        self.takenAt = takenAt
    }
}

/// The stamps of tags, which are compared by their bytes: Swift calls texts equal that are different keys on a server.
package struct StampsByTag: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    private var stamps: [[UInt8]: UInt64] = [:]

    /// Creates stamps; of a tag that comes twice the first is kept.
    package init(_ pairs: some Sequence<(String, UInt64)>) {
        for (tag, stamp) in pairs where self[tag] == nil { self[tag] = stamp }
    }

    package init(dictionaryLiteral pairs: (String, UInt64)...) { self.init(pairs) }

    package subscript(tag: String) -> UInt64? {
        get { stamps[Array(tag.utf8)] }
        set { stamps[Array(tag.utf8)] = newValue }
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

/// A backend that writes stamps into each entry, so that an invalidation also reaches the loads of other processes: what
/// they store afterwards belongs to a state that is over.
package protocol StampingBackend: TagInvalidatingBackend {
    /// Whether it does so: not when it stores values bare.
    var writesStamps: Bool { get }

    /// Returns the entry of a key, and stamps.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - tags: The tags whose stamps to read.
    /// - Returns: The entry and the stamps.
    /// - Throws: When the backend cannot tell.
    func get(_ key: String, tags: [String]) async throws -> StampedRead

    /// Returns stamps.
    ///
    /// - Parameter tags: The tags.
    /// - Returns: The stamps of the cache and of the tags.
    /// - Throws: When the backend cannot tell.
    func stamps(of tags: [String]) async throws -> EntryStamps

    /// Stores an entry that belongs to a state of the past.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - entry: The entry.
    ///   - ttl: How long to keep it; nil keeps it until it is removed or evicted.
    ///   - stamps: The state when its load began; tags of the entry that are missing were added by the load.
    /// - Returns: Whether it was stored: not when a tag that the load added was invalidated since.
    /// - Throws: When the entry could not be stored.
    func set(_ key: String, _ entry: CacheEntry, ttl: Duration?, stamps: EntryStamps) async throws -> Bool
}
