// SPDX-License-Identifier: Apache-2.0

extension CachePipeline {
    /// An entry as backends get it.
    func makeEntry(
        _ value: StoredValue,
        ttl: Duration?,
        staleWindow: Duration,
        createdAt: Int64,
        tags: [String]
    ) -> CacheEntry {
        let expiresAt = ttl.map { later(clock.wallTimeMicroseconds, by: $0) }
        return CacheEntry(
            value: value,
            createdAt: createdAt,
            freshUntil: expiresAt.map { later($0, by: .zero - staleWindow) },
            expiresAt: expiresAt,
            tags: tags
        )
    }

    /// Stores an entry.
    ///
    /// Memory is written to without suspending.
    ///
    /// - Throws: What the backend throws, ``CacheError/backendTimedOut(operation:after:)``, or ``NotEncodable``.
    nonisolated(nonsending)
        func store(_ key: String, _ entry: CacheEntry, ttl: Duration?) async throws
    {
        if let memory {
            try memory.insert(key, entry.value, ttl: ttl, staleWindow: entry.staleWindow, tags: entry.tags)
        } else {
            try await ask("set") { try await $0.set(key, entry, ttl: ttl) }
        }
        events.emit(.stored(ttl: ttl), key: key)
    }

    /// Removes an entry.
    ///
    /// Memory is written to without suspending.
    nonisolated(nonsending)
        func remove(_ key: String) async throws -> Bool
    {
        if let memory { return memory.remove(key) }
        return try await ask("delete") { try await $0.delete(key) }
    }

    private func later(_ microseconds: Int64, by duration: Duration) -> Int64 {
        let (sum, overflow) = microseconds.addingReportingOverflow(duration.saturatedNanoseconds / 1000)
        return overflow ? .max - 1 : min(sum, .max - 1)
    }
}
