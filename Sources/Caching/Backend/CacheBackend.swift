// SPDX-License-Identifier: Apache-2.0

/// Where entries are stored: six functions, and a cache can live anywhere.
///
/// The pipeline in front of a backend takes care of everything else: one load per key, TTLs and jitter, stale values,
/// invalidation during a load, deadlines, statistics and events. It calls a backend from many tasks at once.
///
/// A backend may throw. A failed read is a miss and a failed fill an event, so that a broken backend never breaks the
/// service; a failed explicit operation reaches the caller. An entry that has expired must be treated as absent by
/// every function. `BackendConformance` in `CachingTesting` checks all of it.
public protocol CacheBackend: Sendable {
    /// The entry stored under a key, or nil when there is none or it has expired.
    ///
    /// - Parameter key: The key, 1 to 1,024 bytes of printable UTF-8.
    /// - Returns: The entry.
    /// - Throws: When the backend cannot tell.
    func get(_ key: String) async throws -> CacheEntry?

    /// Stores an entry under a key and replaces what was there.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - entry: The entry.
    ///   - ttl: How long to keep it, more than zero; nil keeps it until it is removed or evicted.
    /// - Throws: When the entry could not be stored.
    func set(_ key: String, _ entry: CacheEntry, ttl: Duration?) async throws

    /// Removes what is stored under a key.
    ///
    /// - Parameter key: The key.
    /// - Returns: Whether there was an entry that had not expired.
    /// - Throws: When it could not be removed.
    @discardableResult
    func delete(_ key: String) async throws -> Bool

    /// Removes every entry whose key matches a pattern.
    ///
    /// - Parameter pattern: Which keys.
    /// - Returns: How many entries were removed that had not expired.
    /// - Throws: When they could not all be removed.
    @discardableResult
    func invalidate(_ pattern: KeyPattern) async throws -> Int

    /// Whether an entry that has not expired is stored under a key.
    ///
    /// - Parameter key: The key.
    /// - Returns: Whether it is there.
    /// - Throws: When the backend cannot tell.
    func has(_ key: String) async throws -> Bool

    /// Removes every entry that this backend stores.
    ///
    /// A backend on a server that others use too removes only what is its own.
    ///
    /// - Throws: When they could not all be removed.
    func clear() async throws
}

/// A backend that finds the entries of a tag by itself.
///
/// For other backends the pipeline keeps a stamp per tag in the backend and compares it with each tagged entry that is
/// read, which costs one more read per tag.
public protocol TagInvalidatingBackend: CacheBackend {
    /// Removes every entry that carries a tag.
    ///
    /// - Parameter tag: The tag.
    /// - Returns: How many entries were removed; nil when the backend makes them invalid without counting them.
    /// - Throws: When they could not all be removed.
    @discardableResult
    func invalidate(tag: String) async throws -> Int?
}

/// A backend with work to do in the background, such as freeing what has expired, or with something to close.
public protocol ManagedBackend: CacheBackend {
    /// Works in the background until its task is cancelled; returns when there is nothing (more) to do.
    ///
    /// The manager calls it once at a time, however many of its caches use the backend.
    func run() async

    /// Closes what the backend holds open.
    ///
    /// It is called once, when nobody waits for an operation any more, and should return within seconds.
    func shutdown() async
}

extension ManagedBackend {
    /// Does nothing: a backend without background work.
    public func run() async {}
}
