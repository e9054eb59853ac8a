// SPDX-License-Identifier: Apache-2.0

/// A backend that keeps entries in the memory of this process.
///
/// ```swift
/// let manager = CacheManager(backend: MemoryBackend(capacity: .entries(50_000)))
/// let user = cached(ttl: 600, key: { "users:\($0)" }, manager: manager) { (id: Int) in
///     try await database.user(id)
/// }
/// ```
///
/// Values are stored as they are, without encoding. When the backend is full, an adaptive policy chooses the entries to
/// evict; see Documentation/Eviction.md. An expired entry is absent at once. Each write frees some of them, and so does
/// the background task of the manager. Entries are lost when the process ends.
public final class MemoryBackend: CacheBackend {
    @usableFromInline let store: MemoryStore

    /// The largest number of expired entries of each shard that one sweep frees.
    private static let entriesPerSweep = 4096

    /// Creates an empty backend.
    ///
    /// - Parameters:
    ///   - capacity: The amount of entries that the backend holds before it evicts.
    ///   - clock: The clock that lifetimes are measured with.
    public convenience init(capacity: MemoryCapacity = .default, clock: any CacheClock = SystemCacheClock()) {
        self.init(capacity: capacity, clock: clock, hash: .shared)
    }

    package init(capacity: MemoryCapacity, clock: any CacheClock, hash: KeyHash) {
        store = MemoryStore(capacity: capacity, clock: clock, hash: hash)
    }

    /// Creates an empty backend whose hashes are the same in each process, for benchmarks.
    package init(capacity: MemoryCapacity, seed: UInt64) {
        let hash = KeyHash(seed: PolicyHash(UInt32(truncatingIfNeeded: seed)).bits, secret: 0xA076_1D64_78BD_642F)
        store = MemoryStore(capacity: capacity, clock: SystemCacheClock(), hash: hash)
    }

    /// The number of entries, including expired ones that are not freed yet.
    public var count: Int { store.count }

    /// The sum of the costs of the entries: their number, or the sum of what the cost function of the capacity returns.
    public var cost: Int { store.cost }

    /// Changes the capacity, and evicts entries beyond it at once.
    ///
    /// The unit is that of the capacity that the backend was created with: entries, cost or bytes.
    ///
    /// - Parameter limit: The new bound; less than 1 counts as 1. A backend that was created for fewer than
    ///   2,048 entries holds at most 2^23, one for twice as many entries twice as many, and so on.
    /// - Complexity: O(capacity), because the tables of the policy are resized.
    public func resize(to limit: Int) { store.resize(to: limit) }

    /// Returns the entry stored under a key, or nil when there is none or it has expired.
    ///
    /// A read counts as an access in favour of keeping the entry.
    ///
    /// - Parameter key: The key.
    /// - Returns: The entry; its ``CacheEntry/createdAt`` is 0 when a manager stored it, which needs no timestamps here.
    public func get(_ key: String) async -> CacheEntry? {
        guard let entry = store.entry(key) else { return nil }
        store.recordHit(key)
        let (now, wall) = (store.now, store.clock.wallTime)
        func microseconds(_ instant: CacheInstant) -> Int64? {
            instant == .distantFuture ? nil : wall.advanced(by: now.duration(to: instant)).microseconds
        }
        return CacheEntry(
            value: entry.value,
            createdAt: entry.metadata.createdAt.microseconds,
            freshUntil: microseconds(entry.freshUntil),
            expiresAt: microseconds(entry.expiresAt),
            tags: entry.metadata.tags
        )
    }

    /// Stores an entry under a key and replaces the entry that was there.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - entry: The entry.
    ///   - ttl: The lifetime; nil keeps the entry until it is removed or evicted.
    /// - Throws: ``CacheError/entryTooLarge(key:cost:limit:)`` when it costs more than the capacity; then nothing is
    ///   left under the key.
    public func set(_ key: String, _ entry: CacheEntry, ttl: Duration?) async throws {
        try store.insert(
            key,
            entry.value,
            ttl: ttl,
            staleWindow: entry.staleWindow,
            createdAt: WallTime(microseconds: entry.createdAt),
            tags: entry.tags
        )
    }

    /// Removes the entry under a key.
    ///
    /// - Parameter key: The key.
    /// - Returns: Whether there was an entry that had not expired.
    @discardableResult
    public func delete(_ key: String) async -> Bool { store.remove(key) }

    /// Removes every entry whose key matches a pattern.
    ///
    /// - Parameter pattern: The pattern of the keys to remove.
    /// - Returns: The number of entries that were removed.
    /// - Complexity: O(entries in the namespaces of the pattern): `users:*` inspects the keys that begin with `users:`,
    ///   while `*` and `us*` inspect all keys.
    @discardableResult
    public func invalidate(_ pattern: KeyPattern) async -> Int {
        if pattern.isLiteral { return store.remove(pattern.text) ? 1 : 0 }
        return store.removeAll(matching: pattern)
    }

    /// Returns whether an entry that has not expired is stored under a key.
    ///
    /// - Parameter key: The key.
    /// - Returns: Whether there is such an entry.
    public func has(_ key: String) async -> Bool { store.entry(key) != nil }

    /// Removes every entry.
    ///
    /// - Complexity: O(1); many entries are freed in the background.
    public func clear() async { store.removeAll() }
}

extension MemoryBackend: TagInvalidatingBackend {
    /// Removes every entry that carries a tag.
    ///
    /// - Parameter tag: The tag.
    /// - Returns: The number of entries that were removed.
    /// - Complexity: O(entries with the tag).
    @discardableResult
    public func invalidate(tag: String) async -> Int? { store.removeAll(tagged: tag) }
}

extension MemoryBackend: ManagedBackend {
    private static let sweepInterval = Duration.seconds(1)

    /// Frees entries that have expired, a bounded number of them about once a second, until the task is cancelled.
    public func run() async {
        let clock = store.clock
        while (try? await clock.sleep(until: clock.now.advanced(by: Self.sweepInterval))) != nil {
            sweep()
        }
    }

    /// Frees a bounded number of entries that have expired.
    package func sweep() { store.freeExpired(limit: Self.entriesPerSweep) }

    /// Frees all entries and tables; a later write allocates the tables again.
    public func shutdown() async { store.release() }
}

extension CacheEntry {
    /// The time before the end of the entry in which the value is stale.
    ///
    /// The duration saturates, because both times may come from stored bytes.
    package var staleWindow: Duration {
        guard let freshUntil, let expiresAt, freshUntil < expiresAt else { return .zero }
        let (difference, overflow) = expiresAt.subtractingReportingOverflow(freshUntil)
        return .microseconds(overflow ? .max : difference)
    }
}
