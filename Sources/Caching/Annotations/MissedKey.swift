// SPDX-License-Identifier: Apache-2.0

/// What a call has found out before it was clear that it is no hit.
@usableFromInline
struct MissedKey: Sendable {
    /// Kept alive by the function, or never freed.
    @usableFromInline let pipeline: Unmanaged<CachePipeline>

    /// With the cache's prefix.
    @usableFromInline let key: String

    /// Whether memory has no fresh value under the key.
    @usableFromInline let hasLooked: Bool

    @inlinable
    init(pipeline: Unmanaged<CachePipeline>, key: String, hasLooked: Bool) {
        self.pipeline = pipeline
        self.key = key
        self.hasLooked = hasLooked
    }
}
