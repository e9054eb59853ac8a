// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The place where a cache keeps its entries: a near store in this process, a far backend outside of it, or none.
///
/// The near store answers without suspending; the far backend has a deadline and may fail. Keys and tags come without
/// the prefix of the cache, which a store that no other cache uses does not need.
@usableFromInline
final class CacheStorage: Sendable {
    let near: MemoryStore?
    let far: FarBackend?

    /// The beginning of the keys of the near store.
    let nearPrefix: String

    /// The beginning of the keys of the far backend.
    let farPrefix: String

    /// Whether nothing but this cache uses the backend, so that clearing it needs no pattern.
    let isExclusive: Bool

    let clock: any CacheClock

    /// The tag of all entries of the cache, where it shares a far backend that stamps entries; nil where it does not.
    ///
    /// With it, clearing such a cache is one operation too, and reaches the loads of other processes. No tag of a user can
    /// end in its last character.
    private let cacheTag: String?

    /// Changes that the far backend did not confirm.
    let missed = Mutex(MissedChanges())
    let hasMissed = Atomic<Bool>(false)

    init(
        near: MemoryStore?,
        nearPrefix: String,
        far: FarBackend?,
        farPrefix: String,
        isExclusive: Bool,
        clock: any CacheClock
    ) {
        self.near = near
        self.nearPrefix = nearPrefix
        self.far = far
        self.farPrefix = farPrefix
        self.isExclusive = isExclusive
        self.clock = clock
        let sharesStamps = far?.capabilities.stamps != nil && !isExclusive && !farPrefix.isEmpty
        cacheTag = sharesStamps ? farPrefix + "\u{1F}" : nil
    }

    /// Whether the cache keeps nothing.
    var isNone: Bool { near == nil && far == nil }

    /// Returns the entry of a key.
    ///
    /// A read that is counted is an access for the eviction policy.
    nonisolated(nonsending) func read(_ key: String, by rules: EntryRules, isCounted: Bool) async -> LookupResult {
        if let found = readAtOnce(key, by: rules, isCounted: isCounted) { return found }
        return await readFar(key, by: rules) { far in
            try await far.entry(farPrefix + key, prefix: farPrefix)
        }
    }

    /// Returns the entry of a key, and the stamps for a value that is loaded from now on.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - rules: The rules of the function.
    ///   - tags: The tags that a loaded value would have.
    /// - Returns: The entry, and the stamps if the backend has stamps and could be read.
    nonisolated(nonsending) func readBeforeLoad(
        _ key: String,
        by rules: EntryRules,
        tags: [String]
    ) async -> (reading: LookupResult, stamps: EntryStamps?) {
        guard let far, far.capabilities.stamps != nil else {
            return (await read(key, by: rules, isCounted: true), nil)
        }
        var stamps: EntryStamps?
        let reading = await readFar(key, by: rules) { far in
            let read = try await far.stampedEntry(farPrefix + key, tags: scoped(tags, far))
            stamps = read.stamps
            return try read.entry.get()
        }
        return (reading, stamps)
    }

    /// Returns the stamps for a value that is loaded from now on; nil when the backend has none, or cannot be read.
    nonisolated(nonsending) func stamps(of tags: [String]) async -> EntryStamps? {
        guard let far, far.capabilities.stamps != nil else { return nil }
        do {
            guard try await replayMissedChanges() else { return nil }
            return try await far.stamps(of: scoped(tags, far))
        } catch {
            if !(error is CancellationError && Task.isCancelled) { far.reportFailure("get", key: nil, error) }
            return nil
        }
    }

    private nonisolated(nonsending) func readFar(
        _ key: String,
        by rules: EntryRules,
        _ read: nonisolated(nonsending) (FarBackend) async throws -> CacheEntry?
    ) async -> LookupResult {
        guard let far else { return .absent }
        do {
            guard try await replayMissedChanges(), let entry = try await read(far) else { return .absent }
            let box: StoredValue
            do {
                box = try rules.read(entry.value)
            } catch {
                // An error of the codec is about these bytes, and no failure of the backend.
                return .unreadable(error, isForeign: (error as? CacheEntryError)?.isForeign == true)
            }
            let age = entry.freshUntil.map { clock.wallTimeMicroseconds.subtractingSaturated($0) } ?? -1
            return age < 0 ? .fresh(box) : .stale(box, since: clock.now.advanced(by: .zero - .microseconds(age)))
        } catch let error as CacheEntryError {
            return .unreadable(error, isForeign: error.isForeign)
        } catch is CancellationError where Task.isCancelled {
            return .absent
        } catch {
            if BackendFailureKind(of: error) == .damaged { return .unreadable(error, isForeign: false) }
            far.reportFailure("get", key: key, error)
            return .absent
        }
    }

    /// Returns the entry of a key, or nil when that takes a suspension.
    func readAtOnce(_ key: String, by rules: EntryRules, isCounted: Bool) -> LookupResult? {
        guard let near else { return far == nil ? .absent : nil }
        let stored = nearKey(key)
        guard let found = near.entry(stored) else { return far == nil ? .absent : nil }
        let box: StoredValue
        do {
            box = try rules.read(found.value)
        } catch {
            return .unreadable(error, isForeign: false)
        }
        guard found.freshUntil <= near.now else {
            if isCounted { near.recordHit(stored) }
            return .fresh(box)
        }
        return .stale(box, since: found.freshUntil)
    }

    /// Stores a value.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - value: The value.
    ///   - lifetime: The lifetime of the entry.
    ///   - createdAt: The time at which its load began.
    ///   - loadNanoseconds: The duration of its load; zero when it was not loaded.
    ///   - tags: The tags.
    ///   - stamps: The stamps from when its load began, of a backend that has stamps; nil takes the present ones.
    ///   - isShielded: Whether the operation is explicit, and so is finished although its caller is cancelled.
    /// - Returns: Whether the value was stored; false when it was invalidated during its load.
    /// - Throws: The error of the backend, ``NotEncodable``, or ``CacheError``.
    @discardableResult
    nonisolated(nonsending) func store(
        _ key: String,
        _ value: StoredValue,
        _ lifetime: Lifetime,
        createdAt: Int64,
        loadNanoseconds: Int64,
        tags: [String],
        stamps: EntryStamps? = nil,
        isShielded: Bool
    ) async throws -> Bool {
        guard try !storeAtOnce(key, value, lifetime, tags: tags), let far else { return true }
        let expiresAt = lifetime.whole.map { later(clock.wallTimeMicroseconds, by: $0) }
        let entry = CacheEntry(
            value: value,
            createdAt: createdAt,
            freshUntil: expiresAt.map { max(0, later($0, by: .zero - lifetime.stale)) },
            expiresAt: expiresAt,
            tags: scoped(tags, far),
            loadDuration: loadNanoseconds > 0 ? .nanoseconds(loadNanoseconds) : nil
        )
        let stored = farPrefix + key
        guard isShielded else {
            return try await far.store(stored, entry, ttl: lifetime.whole, stamps: stamps, isShielded: false)
        }
        return try await change(.key(stored)) { far in
            try await far.store(stored, entry, ttl: lifetime.whole, stamps: stamps, isShielded: true)
        }
    }

    private func scoped(_ tags: [String], _ far: FarBackend) -> [String] {
        let scoped = far.scopesTags && !farPrefix.isEmpty ? tags.map { farPrefix + $0 } : tags
        return cacheTag.map { scoped + [$0] } ?? scoped
    }

    /// Stores a value in the near store.
    ///
    /// - Returns: Whether the value is stored; false when there is a far backend, which has to store it.
    /// - Throws: ``NotEncodable``, or ``CacheError``.
    func storeAtOnce(_ key: String, _ value: StoredValue, _ lifetime: Lifetime, tags: [String]) throws -> Bool {
        if let near {
            let tags = nearPrefix.isEmpty ? tags : tags.map { nearPrefix + $0 }
            try near.insert(nearKey(key), value, ttl: lifetime.whole, staleWindow: lifetime.stale, tags: tags)
        }
        return far == nil
    }

    /// Removes the entry of a key.
    ///
    /// - Returns: Whether there was an entry.
    nonisolated(nonsending) func remove(_ key: String, isShielded: Bool) async throws -> Bool {
        let wasNear = near?.remove(nearKey(key)) ?? false
        guard far != nil else { return wasNear }
        let stored = farPrefix + key
        return try await change(.key(stored)) { try await $0.remove(stored, isShielded: isShielded) }
    }

    /// Removes the entries of the keys that match.
    ///
    /// - Returns: The number of entries that were removed.
    nonisolated(nonsending) func removeAll(matching pattern: KeyPattern) async throws -> Int {
        let countNear = near?.removeAll(matching: pattern.prefixed(by: nearPrefix)) ?? 0
        guard far != nil else { return countNear }
        let whole = pattern.prefixed(by: farPrefix)
        return try await change(.pattern(whole)) { try await $0.removeAll(matching: whole) }
    }

    /// Removes the entries that have a tag and were loaded before `stamp`.
    nonisolated(nonsending) func removeAll(tagged tag: String, stamp: Int64) async throws {
        _ = near?.removeAll(tagged: nearPrefix.isEmpty ? tag : nearPrefix + tag)
        guard let far else { return }
        guard far.capabilities.keepsTags else {
            // The backend refuses. No entry in it has a tag, so there is no change to replay.
            return try await far.removeAll(tagged: tag, prefix: farPrefix, stamp: stamp)
        }
        try await change(.tag(tag)) { try await $0.removeAll(tagged: tag, prefix: farPrefix, stamp: stamp) }
    }

    /// Removes all entries of this cache.
    nonisolated(nonsending) func clear() async throws {
        if isExclusive || nearPrefix.isEmpty {
            near?.removeAll()
        } else {
            _ = near?.removeAll(matching: KeyPattern("*").prefixed(by: nearPrefix))
        }
        guard far != nil else { return }
        try await change(.everything) { try await clear($0) }
    }

    /// Removes all entries of this cache from its far backend.
    nonisolated(nonsending) func clear(_ far: FarBackend) async throws {
        guard !isExclusive, !farPrefix.isEmpty else { return try await far.clear() }
        if let cacheTag {
            try await far.removeAll(tagged: cacheTag, prefix: "", stamp: 0)
        }
        _ = try await far.removeAll(matching: KeyPattern("*").prefixed(by: farPrefix))
    }

    /// Returns whether a key has a fresh value; false also when the backend cannot be read.
    nonisolated(nonsending) func contains(_ key: String) async -> Bool {
        // `has` of a backend is true for a stale entry too, and for one with an invalidated tag: only the entry itself tells.
        await remainingLifetime(key, asksFirst: true) != nil
    }

    /// Returns the time for which the value of a key stays fresh; nil when there is none.
    nonisolated(nonsending) func remainingLifetime(_ key: String, asksFirst: Bool = false) async -> TTL? {
        if let near {
            guard let entry = near.entry(nearKey(key)), entry.freshUntil > near.now else { return nil }
            return entry.freshUntil == .distantFuture ? .forever : .duration(near.now.duration(to: entry.freshUntil))
        }
        guard let far else { return nil }
        do {
            let stored = farPrefix + key
            guard try await replayMissedChanges() else { return nil }
            guard let entry = try await far.entry(stored, prefix: farPrefix, asksFirst: asksFirst) else { return nil }
            guard let freshUntil = entry.freshUntil else { return .forever }
            let remaining = freshUntil.subtractingSaturated(clock.wallTimeMicroseconds)
            return remaining > 0 ? .duration(.microseconds(remaining)) : nil
        } catch {
            let isCallers = error is CancellationError && Task.isCancelled
            if !isCallers, BackendFailureKind(of: error) != .damaged {
                far.reportFailure(asksFirst ? "has" : "get", key: key, error)
            }
            return nil
        }
    }

    private func nearKey(_ key: String) -> String { nearPrefix.isEmpty ? key : nearPrefix + key }

    private func later(_ microseconds: Int64, by duration: Duration) -> Int64 {
        let (sum, overflow) = microseconds.addingReportingOverflow(duration.saturatedNanoseconds / 1000)
        return overflow ? .max - 1 : min(sum, .max - 1)
    }
}

extension Int64 {
    /// Returns the difference, saturated instead of overflowing, because the numbers come from stored bytes.
    func subtractingSaturated(_ other: Int64) -> Int64 {
        let (difference, overflow) = subtractingReportingOverflow(other)
        guard overflow else { return difference }
        return self < other ? .min : .max
    }
}
