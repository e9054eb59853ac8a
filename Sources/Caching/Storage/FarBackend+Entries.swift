// SPDX-License-Identifier: Apache-2.0

/// The operations on entries of a backend outside the process; keys and tags have the prefix of the cache.
extension FarBackend {
    /// Returns the entry of a key, unless it has expired or one of its tags was invalidated after its load began.
    ///
    /// The entry and the stamps of its tags have one deadline together.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - prefix: The beginning of the keys of the cache.
    ///   - asksFirst: Whether `has` is called first, because there often is no entry.
    /// - Returns: The entry.
    /// - Throws: The errors of ``perform(_:isShielded:_:)``.
    nonisolated(nonsending) func entry(_ key: String, prefix: String, asksFirst: Bool = false) async throws
        -> CacheEntry?
    {
        let (clock, capabilities) = (clock, capabilities)
        return try await perform(asksFirst ? "has" : "get") { backend in
            if asksFirst, try await !backend.has(key) { return nil }
            guard let entry = try await backend.get(key), !entry.isExpired(at: clock.wallTimeMicroseconds) else {
                return nil
            }
            guard capabilities.tags == nil, !entry.tags.isEmpty else { return entry }
            return try await TagStamps.isCurrent(entry, prefix: prefix, in: backend, capabilities) ? entry : nil
        }
    }

    /// Returns the entry of a key, and the stamps for a value that is loaded from now on.
    nonisolated(nonsending) func stampedEntry(_ key: String, tags: [String]) async throws -> StampedRead {
        let (clock, stamping) = (clock, capabilities.stamps)
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
        let stamping = capabilities.stamps
        return try await perform("get") { _ in try await stamping?.stamps(of: tags) }
    }

    /// Stores a value, unless it was invalidated during its load, and returns whether it was stored.
    nonisolated(nonsending) func store(
        _ key: String,
        _ entry: CacheEntry,
        ttl: Duration?,
        stamps: EntryStamps?,
        isShielded: Bool
    ) async throws -> Bool {
        let stamping = capabilities.stamps
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

    /// Removes the entries with a tag: by the backend, or by a stamp where the backend does not know tags.
    nonisolated(nonsending) func removeAll(tagged tag: String, prefix: String, stamp: Int64) async throws {
        let tags = capabilities.tags
        try await perform("invalidate", isShielded: true) { backend in
            if let tags {
                try await tags.invalidate(tag: prefix + tag)
            } else {
                try await TagStamps.invalidate(tag, prefix: prefix, stamp: stamp, in: backend)
            }
        }
    }

    /// Removes all entries.
    nonisolated(nonsending) func clear() async throws {
        try await perform("clear", isShielded: true) { try await $0.clear() }
    }
}
