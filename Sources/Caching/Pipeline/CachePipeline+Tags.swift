// SPDX-License-Identifier: Apache-2.0

/// Invalidation by tag: by the backend where it can, by stamps where it cannot.
///
/// A stamp is an entry of the backend that says when a tag was invalidated. A tagged entry whose load began no later
/// than the stamp of one of its tags counts as absent.
extension CachePipeline {
    private static let stampCodec = CacheCodec<Int64>.json

    nonisolated(nonsending)
        func invalidate(tag: String) async throws
    {
        try KeyRules.checkTag(tag)
        await flights.supersede(tag: tag, in: number)
        if backend is any TagInvalidatingBackend {
            try await explicitly("invalidate the tag", tag) {
                try await ask("invalidate") { backend in
                    if let backend = backend as? any TagInvalidatingBackend { try await backend.invalidate(tag: tag) }
                }
            }
        } else {
            let key = stampKey(tag)
            let stamp = stamps.next()
            let entry = CacheEntry(stamp, codec: Self.stampCodec, createdAt: stamp, expiresAt: nil)
            try await explicitly("invalidate the tag", tag) {
                try await ask("set") { try await $0.set(key, entry, ttl: nil) }
            }
        }
        reportInvalidation(.tag(tag), key: nil)
    }

    /// Whether none of an entry's tags was invalidated since its load began.
    ///
    /// A stamp that cannot be read might say so.
    nonisolated(nonsending)
        func isUntouchedByTags(_ entry: CacheEntry) async -> Bool
    {
        guard !entry.tags.isEmpty, !(backend is any TagInvalidatingBackend) else { return true }
        for tag in entry.tags {
            let key = stampKey(tag)
            do {
                guard let stamp = try await ask("get", { try await $0.get(key) }) else { continue }
                if entry.createdAt <= (try stamp.value(as: Int64.self, codec: Self.stampCodec)) { return false }
            } catch {
                reportFailure("get", key: key, error)
                return false
            }
        }
        return true
    }

    /// Where the stamp of a tag is kept.
    ///
    /// The tag's digest in Braille patterns, one for each byte: a pattern with any character that people write in keys
    /// does not match it, so only what removes everything removes stamps.
    private func stampKey(_ tag: String) -> String {
        let digest = SHA256.hash(tag.utf8).prefix(16).compactMap { Unicode.Scalar(0x2800 + UInt32($0)) }
        return digest.reduce(into: keyPrefix) { $0.unicodeScalars.append($1) }
    }
}
