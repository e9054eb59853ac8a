// SPDX-License-Identifier: Apache-2.0

/// Entries of a backend outside the process. Keys and tags have the prefix of the cache.
extension FarBackend {
    /// Returns the entry of a key, unless it has expired or one of its tags was invalidated after its load began.
    ///
    /// One deadline for the entry and the stamps of its tags together.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - prefix: What the keys of the cache begin with.
    ///   - asksFirst: Whether to ask for the existence of the entry before it is read, where it often has none.
    /// - Returns: The entry.
    /// - Throws: What ``perform(_:isShielded:_:)`` throws.
    nonisolated(nonsending) func entry(_ key: String, prefix: String, asksFirst: Bool = false) async throws
        -> CacheEntry?
    {
        let (clock, abilities) = (clock, abilities)
        return try await perform(asksFirst ? "has" : "get") { backend in
            if asksFirst, try await !backend.has(key) { return nil }
            guard let entry = try await backend.get(key), !entry.isExpired(at: clock.wallTimeMicroseconds) else {
                return nil
            }
            guard abilities.tags == nil, !entry.tags.isEmpty else { return entry }
            return try await TagStamps.isCurrent(entry, prefix: prefix, in: backend, abilities) ? entry : nil
        }
    }

    /// Returns the entry of a key, and the stamps for a value that is loaded from now on.
    nonisolated(nonsending) func stampedEntry(_ key: String, tags: [String]) async throws -> StampedRead {
        let (clock, stamping) = (clock, abilities.stamps)
        return try await perform("get") { _ in
            guard let stamping else { throw CacheError.backendUnavailable(operation: "get") }
            var read = try await stamping.get(key, tags: tags)
            if case .success(let entry?) = read.entry, entry.isExpired(at: clock.wallTimeMicroseconds) {
                read.entry = .success(nil)
            }
            return read
        }
    }

    /// Returns the stamps for a value that is loaded from now on.
    nonisolated(nonsending) func stamps(of tags: [String]) async throws -> EntryStamps? {
        let stamping = abilities.stamps
        return try await perform("get") { _ in try await stamping?.stamps(of: tags) }
    }

    /// Stores a value; returns whether it was, and not invalidated during its load.
    nonisolated(nonsending) func store(
        _ key: String,
        _ entry: CacheEntry,
        ttl: Duration?,
        stamps: EntryStamps?,
        isShielded: Bool
    ) async throws -> Bool {
        let stamping = abilities.stamps
        return try await perform("set", isShielded: isShielded) { backend in
            if let stamping, let stamps { return try await stamping.set(key, entry, ttl: ttl, stamps: stamps) }
            try await backend.set(key, entry, ttl: ttl)
            return true
        }
    }

    /// Removes the entry of a key.
    nonisolated(nonsending) func remove(_ key: String, isShielded: Bool) async throws -> Bool {
        try await perform("delete", isShielded: isShielded) { try await $0.delete(key) }
    }

    /// Removes the entries whose keys match.
    nonisolated(nonsending) func removeAll(matching pattern: KeyPattern) async throws -> Int {
        max(0, try await perform("invalidate", isShielded: true) { try await $0.invalidate(pattern) })
    }

    /// Removes the entries with a tag: by the backend where it can, by a stamp where it cannot.
    nonisolated(nonsending) func removeAll(tagged tag: String, prefix: String, stamp: Int64) async throws {
        let tags = abilities.tags
        try await perform("invalidate", isShielded: true) { backend in
            if let tags {
                try await tags.invalidate(tag: prefix + tag)
            } else {
                try await TagStamps.invalidate(tag, prefix: prefix, stamp: stamp, in: backend)
            }
        }
    }

    /// Removes everything.
    nonisolated(nonsending) func clear() async throws {
        try await perform("clear", isShielded: true) { try await $0.clear() }
    }
}
