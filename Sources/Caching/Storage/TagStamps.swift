// SPDX-License-Identifier: Apache-2.0

/// Invalidation by tag for backends that do not know tags.
///
/// A stamp is an entry of the backend that says when a tag was invalidated. A tagged entry whose load began no later
/// than the stamp of one of its tags is absent.
enum TagStamps {
    private static let codec = CacheCodec<Int64>.json

    /// Writes the stamp of a tag.
    static func invalidate(_ tag: String, prefix: String, stamp: Int64, in backend: any CacheBackend) async throws {
        let entry = CacheEntry(stamp, codec: codec, createdAt: stamp, expiresAt: nil)
        try await backend.set(key(tag, prefix), entry, ttl: nil)
    }

    /// Returns whether no tag of an entry was invalidated since its load began.
    static func isCurrent(
        _ entry: CacheEntry,
        prefix: String,
        in backend: any CacheBackend,
        _ capabilities: BackendCapabilities
    ) async throws -> Bool {
        let keys = entry.tags.map { key($0, prefix) }
        if let batches = capabilities.batches {
            return try await batches.get(keys).allSatisfy { try isOlder($0, than: entry) }
        }
        for key in keys {
            guard try isOlder(try await backend.get(key), than: entry) else { return false }
        }
        return true
    }

    private static func isOlder(_ stamp: CacheEntry?, than entry: CacheEntry) throws -> Bool {
        guard let stamp else { return true }
        do {
            return try stamp.value(as: Int64.self, codec: codec) < entry.createdAt
        } catch let error as CacheEntryError {
            throw error
        } catch {
            // An error of no known kind would count as a failure of the backend, which works.
            throw CacheEntryError("the stamp of a tag cannot be read: \(error)")
        }
    }

    /// Returns the key of the stamp of a tag.
    ///
    /// The key is the digest of the tag in Braille patterns, one for each byte, which no usual key contains. So only a
    /// pattern that matches every key removes stamps.
    private static func key(_ tag: String, _ prefix: String) -> String {
        let digest = SHA256.hash(tag.utf8).prefix(16).compactMap { Unicode.Scalar(0x2800 + UInt32($0)) }
        return digest.reduce(into: prefix) { $0.unicodeScalars.append($1) }
    }
}
