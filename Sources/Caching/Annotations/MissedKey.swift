// SPDX-License-Identifier: Apache-2.0

/// What a call has found out when it is clear that it is no hit.
///
/// It cannot be copied, so that who waits keeps it once.
@usableFromInline
struct MissedKey: ~Copyable, Sendable {
    /// The cache, nil before it was looked up.
    ///
    /// Kept alive for the whole call by the function, by the scope that the call is in, or for good.
    @usableFromInline var pipeline: Unmanaged<CachePipeline>?

    /// With the cache's prefix; nil when the arguments give none.
    @usableFromInline var key: String?

    @inlinable
    init(pipeline: Unmanaged<CachePipeline>? = nil, key: String? = nil) {
        self.pipeline = pipeline
        self.key = key
    }

    /// Whether there is a key, and the cache is in memory, which then has no fresh value.
    @inlinable
    var isInMemory: Bool {
        guard let pipeline, key != nil else { return false }
        return pipeline._withUnsafeGuaranteedRef { $0.memoryReference != nil }
    }
}
