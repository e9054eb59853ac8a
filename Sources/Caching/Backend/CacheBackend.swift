// SPDX-License-Identifier: Apache-2.0

/// A store of entries, in six functions.
///
/// ```swift
/// actor DictionaryBackend: CacheBackend {
///     private var entries: [String: CacheEntry] = [:]
///
///     func get(_ key: String) -> CacheEntry? { entries[key] }
///     func set(_ key: String, _ entry: CacheEntry, ttl: Duration?) { entries[key] = entry }
///     func delete(_ key: String) -> Bool { entries.removeValue(forKey: key) != nil }
///     func invalidate(_ pattern: KeyPattern) -> Int {
///         let matching = entries.keys.filter(pattern.matches)
///         for key in matching { entries[key] = nil }
///         return matching.count
///     }
///     func has(_ key: String) -> Bool { entries[key] != nil }
///     func clear() { entries = [:] }
/// }
/// ```
///
/// The pipeline in front of a backend does everything else: one load per key, TTLs and jitter, stale values,
/// invalidation during a load, deadlines, statistics and events. It calls a backend from many tasks at once.
///
/// A backend may throw. A failed read is a miss and a failed fill an event, so that a broken backend never breaks the
/// service; the error of an explicit operation reaches the caller. An entry that has expired must be treated as absent by
/// every function. `BackendConformance` in `CachingTesting` checks these rules.
public protocol CacheBackend: Sendable {
    /// Returns the entry of a key.
    ///
    /// - Parameter key: The key, 1 to 1,024 bytes of printable UTF-8.
    /// - Returns: The entry; nil when there is none or it has expired.
    /// - Throws: An error when the backend cannot be read.
    func get(_ key: String) async throws -> CacheEntry?

    /// Stores an entry under a key, and replaces the entry that is there.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - entry: The entry.
    ///   - ttl: The time for which to keep the entry, more than zero; nil keeps it until it is removed or evicted.
    /// - Throws: An error when the entry could not be stored.
    func set(_ key: String, _ entry: CacheEntry, ttl: Duration?) async throws

    /// Removes the entry of a key.
    ///
    /// - Parameter key: The key.
    /// - Returns: Whether there was an entry that had not expired.
    /// - Throws: An error when the entry could not be removed.
    @discardableResult
    func delete(_ key: String) async throws -> Bool

    /// Removes every entry whose key matches a pattern.
    ///
    /// - Parameter pattern: The pattern.
    /// - Returns: The number of entries that were removed and had not expired.
    /// - Throws: An error when not all of them could be removed.
    @discardableResult
    func invalidate(_ pattern: KeyPattern) async throws -> Int

    /// Returns whether a key has an entry that has not expired.
    ///
    /// - Parameter key: The key.
    /// - Returns: Whether there is such an entry.
    /// - Throws: An error when the backend cannot be read.
    func has(_ key: String) async throws -> Bool

    /// Removes every entry that this backend stores.
    ///
    /// A backend on a server that others use too removes only its own entries.
    ///
    /// - Throws: An error when not all of them could be removed.
    func clear() async throws
}

/// A backend that finds the entries of a tag by itself.
///
/// In other backends the pipeline stores a stamp for each tag and compares it with each tagged entry that is read, which
/// costs one more read for each tag.
public protocol TagInvalidatingBackend: CacheBackend {
    /// Removes every entry that has a tag.
    ///
    /// - Parameter tag: The tag.
    /// - Returns: The number of entries that were removed; nil when the backend invalidates them without counting them.
    /// - Throws: An error when not all of them could be removed.
    @discardableResult
    func invalidate(tag: String) async throws -> Int?
}

/// A backend with background work, such as freeing expired entries, or with a resource to close.
public protocol ManagedBackend: CacheBackend {
    /// Does background work until its task is cancelled, or until there is no more work.
    ///
    /// The manager calls it once at a time, however many of its caches use the backend.
    func run() async

    /// Closes the resources of the backend.
    ///
    /// It is called once, when no caller waits for an operation any more, and should return within seconds.
    func shutdown() async
}

extension ManagedBackend {
    /// Returns at once, for a backend without background work.
    public func run() async {}
}
