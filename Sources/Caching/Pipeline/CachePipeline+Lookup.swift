// SPDX-License-Identifier: Apache-2.0

/// What a cache has under a key.
enum Lookup<Value: Sendable>: Sendable {
    case fresh(Value)
    /// Past its lifetime, by that much.
    case stale(Value, age: Duration)
    case absent
}

extension CachePipeline {
    /// Looks for a value; what cannot be read for whatever reason is absent.
    ///
    /// A read that is counted speaks for keeping the entry, and counts as a hit when it is one.
    nonisolated(nonsending)
        func lookup<Value: Sendable>(
            _ key: String,
            codec: CacheCodec<Value>,
            isCounted: Bool
        ) async -> Lookup<Value>
    {
        if let memory { return lookup(key, in: memory, codec: codec, isCounted: isCounted) }
        let entry: CacheEntry?
        do {
            entry = try await ask("get") { try await $0.get(key) }
        } catch {
            reportFailure("get", key: key, error)
            return .absent
        }
        guard let entry else { return .absent }
        let now = clock.wallTimeMicroseconds
        guard !entry.isExpired(at: now), await isUntouchedByTags(entry) else { return .absent }
        guard let value = await read(entry, key: key, codec: codec) else { return .absent }
        let age = entry.freshUntil.map { now - $0 } ?? -1
        guard age < 0 else { return .stale(value, age: .microseconds(age)) }
        if isCounted { counters.hits.increment() }
        return .fresh(value)
    }

    private func lookup<Value: Sendable>(
        _ key: String,
        in memory: MemoryStore,
        codec: CacheCodec<Value>,
        isCounted: Bool
    ) -> Lookup<Value> {
        guard let found = memory.entry(key) else { return .absent }
        let entry = CacheEntry(value: found.value, createdAt: 0, freshUntil: nil, expiresAt: nil, tags: [])
        let value: Value
        do {
            value = try entry.value(as: Value.self, codec: codec)
        } catch {
            _ = memory.remove(key)
            events.emit(.unreadable(error), key: key)
            return .absent
        }
        let now = memory.now
        guard found.freshUntil <= now else {
            if isCounted {
                memory.recordHit(key)
                hits.countHit()
            }
            return .fresh(value)
        }
        return .stale(value, age: .nanoseconds(now &- found.freshUntil))
    }

    /// The value in an entry, or nil when it cannot be read; then it is removed so that it is not tried again.
    nonisolated(nonsending)
        private func read<Value: Sendable>(
            _ entry: CacheEntry,
            key: String,
            codec: CacheCodec<Value>
        ) async -> Value?
    {
        do {
            return try entry.value(as: Value.self, codec: codec)
        } catch {
            events.emit(.unreadable(error), key: key)
            do {
                _ = try await ask("delete") { try await $0.delete(key) }
            } catch {
                reportFailure("delete", key: key, error)
            }
            return nil
        }
    }

    /// Counts and reports how a read ended.
    func report<Value: Sendable>(_ lookup: Lookup<Value>, key: String) {
        switch lookup {
        case .fresh:
            events.emit(.hit, key: key)
        case .stale:
            counters.staleHits.increment()
            events.emit(.staleHit, key: key)
        case .absent:
            reportMiss(key)
        }
    }

    /// Reports a hit in memory, which is counted already.
    @usableFromInline
    func reportHit(_ key: String) {
        events.emit(.hit, key: key)
    }

    func reportMiss(_ key: String) {
        counters.misses.increment()
        events.emit(.miss, key: key)
    }
}
