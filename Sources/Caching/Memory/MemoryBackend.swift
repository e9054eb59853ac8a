// SPDX-License-Identifier: Apache-2.0

/// Keeps entries in the memory of this process: bounded, sharded, expiring by itself.
///
/// Values are kept as they are; nothing is encoded. When it is full, an adaptive policy decides what goes, see
/// Documentation/Eviction.md. What has expired is absent at once, and freed a little with each write and by the
/// manager's background task. Entries are lost when the process ends.
public final class MemoryBackend: CacheBackend {
    @usableFromInline let store: MemoryStore

    /// How many expired entries of each shard one sweep in the background frees.
    private static let entriesPerSweep = 4096

    /// Creates an empty backend.
    ///
    /// - Parameters:
    ///   - capacity: How much it holds before it evicts.
    ///   - clock: What lifetimes are measured with.
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

    /// How many entries there are, expired ones that were not freed yet among them.
    public var count: Int { store.count }

    /// The sum of what the entries cost: their number, or what the capacity's cost function says.
    public var cost: Int { store.cost }

    /// Changes how much it holds; what is too much is evicted at once.
    ///
    /// The unit stays what it was made with: entries, cost or bytes.
    ///
    /// - Parameter limit: The new bound; less than 1 counts as 1. A cache that was made for fewer than 2,048 entries
    ///   holds at most 2^23, one that was made for twice as many, twice as many, and so on.
    /// - Complexity: O(capacity): the policy's tables are fitted to the new size.
    public func resize(to limit: Int) { store.resize(to: limit) }

    /// The entry stored under a key, or nil when there is none or it has expired.
    ///
    /// A read speaks for keeping the entry.
    ///
    /// - Parameter key: The key.
    /// - Returns: The entry; its ``CacheEntry/createdAt`` is 0 when a manager stored it, which needs no stamps here.
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

    /// Stores an entry under a key and replaces what was there.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - entry: The entry.
    ///   - ttl: How long to keep it; nil keeps it until it is removed or evicted.
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
    /// - Complexity: O(entries that share the namespaces in the pattern): `users:*` looks at the keys that begin with
    ///   `users:`, `*` and `us*` at all.
    @discardableResult
    public func invalidate(_ pattern: KeyPattern) async -> Int {
        if pattern.isLiteral { return store.remove(pattern.text) ? 1 : 0 }
        return store.removeAll(matching: pattern)
    }

    /// Whether an entry that has not expired is stored under a key.
    ///
    /// - Parameter key: The key.
    /// - Returns: Whether it is there.
    public func has(_ key: String) async -> Bool { store.entry(key) != nil }

    /// Removes every entry.
    ///
    /// - Complexity: O(1): what costs time to free is freed in the background.
    public func clear() async { store.removeAll() }
}

extension MemoryBackend: TagInvalidatingBackend {
    /// Removes every entry that carries a tag.
    ///
    /// - Parameter tag: The tag.
    /// - Returns: How many entries were removed.
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

    /// Frees everything, the tables too; what is stored after that brings them back.
    public func shutdown() async { store.release() }
}

extension CacheEntry {
    /// How long before it is gone the value is stale.
    ///
    /// It saturates, because both times may come from stored bytes.
    package var staleWindow: Duration {
        guard let freshUntil, let expiresAt, freshUntil < expiresAt else { return .zero }
        let (difference, overflow) = expiresAt.subtractingReportingOverflow(freshUntil)
        return .microseconds(overflow ? .max : difference)
    }
}
