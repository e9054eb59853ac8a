// SPDX-License-Identifier: Apache-2.0

/// The backend of a cache that is switched off, which keeps nothing.
struct NoBackend: CacheBackend {
    func get(_ key: String) async throws -> CacheEntry? { nil }
    func set(_ key: String, _ entry: CacheEntry, ttl: Duration?) async throws {}
    func delete(_ key: String) async throws -> Bool { false }
    func invalidate(_ pattern: KeyPattern) async throws -> Int { 0 }
    func has(_ key: String) async throws -> Bool { false }
    func clear() async throws {}
}
