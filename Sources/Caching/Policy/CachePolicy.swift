// SPDX-License-Identifier: Apache-2.0

/// How a cached function treats its entries, beyond the TTL.
public struct CachePolicy: Sendable, Hashable {
    /// How far a lifetime is spread at random, as a share of itself: 0.1 makes 60 s anything from 54 to 66 s.
    ///
    /// Entries that were written together then do not expire together. Nil takes the cache's own setting, 0 turns it
    /// off; values are clamped to 0...1. Lifetimes without end are never spread.
    public var jitter: Double?

    /// What happens to a result that is nil.
    public var nilPolicy: NilPolicy

    /// For how long after its expiry an entry is still answered at once, while one load in the background renews it
    /// (`stale-while-revalidate` of RFC 5861).
    public var staleWhileRevalidate: Duration

    /// For how long after its expiry an entry still answers when the load fails (`stale-if-error` of RFC 5861).
    public var staleIfError: Duration

    /// How long a load may take; nil for as long as it likes.
    ///
    /// A load that takes longer is cancelled and counts as failed: a stale value answers if ``staleIfError`` allows it,
    /// else callers get ``CacheError/loadTimedOut(key:after:)``. Without a limit a load that hangs does not hold its key
    /// for good either: after 30 seconds nobody joins it any more, and the next caller begins another one.
    public var loadTimeout: Duration?

    /// How long a stale value answers without another attempt after a load has failed.
    ///
    /// For ``staleIfError``. A renewal in the background is tried again after a second, then after twice as long each
    /// time, at most after this.
    public var pauseAfterFailure: Duration

    /// Creates a policy; every argument has the default of a plain cache.
    ///
    /// - Parameters:
    ///   - jitter: The share of a lifetime that it is spread by, 0...1; nil takes the cache's setting.
    ///   - nilPolicy: What happens to nil results.
    ///   - staleWhileRevalidate: How long an expired entry is answered while it is renewed.
    ///   - staleIfError: How long an expired entry is answered when renewing it fails.
    ///   - loadTimeout: How long a load may take; nil for as long as it likes.
    ///   - pauseAfterFailure: How long a stale value answers without another attempt after a failed load.
    public init(
        jitter: Double? = nil,
        nilPolicy: NilPolicy = .cache,
        staleWhileRevalidate: Duration = .zero,
        staleIfError: Duration = .zero,
        loadTimeout: Duration? = nil,
        pauseAfterFailure: Duration = .seconds(30)
    ) {
        self.jitter = jitter
        self.nilPolicy = nilPolicy
        self.staleWhileRevalidate = staleWhileRevalidate
        self.staleIfError = staleIfError
        self.loadTimeout = loadTimeout
        self.pauseAfterFailure = pauseAfterFailure
    }

    /// How long an entry is kept beyond its lifetime so that it can still answer.
    var staleWindow: Duration { max(.zero, max(staleWhileRevalidate, staleIfError)) }

    /// How long past its lifetime a value may be to answer at once, in nanoseconds.
    var acceptedStaleness: Int64 { max(0, staleWhileRevalidate.saturatedNanoseconds) }
}
