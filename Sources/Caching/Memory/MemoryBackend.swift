// SPDX-License-Identifier: Apache-2.0

/// Keeps entries in the memory of this process: bounded, sharded, expiring by itself.
///
/// Values are kept as they are; nothing is encoded. When it is full, S3-FIFO decides what goes. What has expired is
/// absent at once, and freed a little with each write and by the manager's background task. Entries are lost when
/// the process ends.
public final class MemoryBackend: CacheBackend {
    @usableFromInline let store: MemoryStore

    /// How many slots of each shard one round of background work looks at.
    private static let slotsPerMaintenance = 4096

    /// Creates an empty backend.
    ///
    /// - Parameters:
    ///   - capacity: How much it holds before it evicts.
    ///   - clock: What lifetimes are measured with.
    public init(capacity: MemoryCapacity = .default, clock: any CacheClock = SystemCacheClock()) {
        store = MemoryStore(capacity: min(capacity.entries, MemoryCapacity.maximumEntries), clock: clock)
    }

    /// How many entries there are, expired ones that were not freed yet among them.
    public var count: Int { store.count }

    /// The entry stored under a key, or nil when there is none or it has expired.
    ///
    /// - Parameter key: The key.
    /// - Returns: The entry.
    public func get(_ key: String) async -> CacheEntry? {
        guard let slot = store.entry(key), let value = slot.value else { return nil }
        let wall = store.clock.wallTimeMicroseconds
        let now = CacheInstant(nanoseconds: store.now)
        func wallTime(_ nanoseconds: Int64) -> Int64? {
            guard nanoseconds != .max else { return nil }
            return wall + now.duration(to: CacheInstant(nanoseconds: nanoseconds)).saturatedNanoseconds / 1000
        }
        return CacheEntry(
            value: value,
            createdAt: slot.createdAt,
            freshUntil: wallTime(slot.freshUntil),
            expiresAt: wallTime(slot.expiresAt),
            tags: slot.tags
        )
    }

    /// Stores an entry under a key and replaces what was there.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - entry: The entry.
    ///   - ttl: How long to keep it; nil keeps it until it is removed or evicted.
    public func set(_ key: String, _ entry: CacheEntry, ttl: Duration?) async {
        store.insert(
            key,
            entry.value,
            ttl: ttl,
            staleWindow: entry.staleWindow,
            createdAt: entry.createdAt,
            tags: entry.tags
        )
    }

    /// Removes what is stored under a key.
    ///
    /// - Parameter key: The key.
    /// - Returns: Whether there was an entry that had not expired.
    @discardableResult
    public func delete(_ key: String) async -> Bool { store.remove(key) }

    /// Removes every entry whose key matches a pattern.
    ///
    /// - Parameter pattern: Which keys.
    /// - Returns: How many entries were removed.
    /// - Complexity: O(entries); O(1) for a pattern without a star.
    @discardableResult
    public func invalidate(_ pattern: KeyPattern) async -> Int {
        if pattern.isLiteral { return store.remove(pattern.text) ? 1 : 0 }
        return store.removeAll { pattern.matches($0.key) }
    }

    /// Whether an entry that has not expired is stored under a key.
    ///
    /// - Parameter key: The key.
    /// - Returns: Whether it is there.
    public func has(_ key: String) async -> Bool { store.entry(key) != nil }

    /// Removes every entry.
    public func clear() async { store.removeAll() }
}

extension MemoryBackend: TagInvalidatingBackend {
    /// Removes every entry that carries a tag.
    ///
    /// - Parameter tag: The tag.
    /// - Returns: How many entries were removed.
    /// - Complexity: O(entries).
    @discardableResult
    public func invalidate(tag: String) async -> Int { store.removeAll { $0.tags.contains(tag) } }
}

extension MemoryBackend: ManagedBackend {
    /// Frees a bounded number of entries that have expired.
    public func maintain() async { store.sweep(limit: Self.slotsPerMaintenance) }

    /// Frees everything.
    public func shutdown() async { store.removeAll() }
}

extension CacheEntry {
    /// How long before it is gone the value is stale.
    package var staleWindow: Duration {
        guard let freshUntil, let expiresAt else { return .zero }
        return .microseconds(max(0, expiresAt - freshUntil))
    }
}
