// SPDX-License-Identifier: Apache-2.0

/// The rules for the entries of a cached function, in addition to their TTL.
///
/// ```swift
/// let policy = CachePolicy(
///     jitter: 0.1,
///     nilPolicy: .cacheFor(30),
///     staleWhileRevalidate: .seconds(60),
///     staleIfError: .seconds(3600),
///     loadTimeout: .seconds(10)
/// )
/// let user = cached(ttl: 600, key: { "users:\($0)" }, policy: policy) { (id: Int) in
///     try await database.user(id)
/// }
/// ```
public struct CachePolicy: Sendable, Hashable {
    /// The share of a lifetime by which it is varied at random: 0.1 makes 60 s anything from 54 to 66 s.
    ///
    /// So entries that were written together do not expire together. Nil takes the setting of the cache, and 0 turns
    /// jitter off; values are clamped to 0...1. A lifetime without end is not varied.
    public var jitter: Double?

    /// The treatment of a result that is nil.
    public var nilPolicy: NilPolicy

    /// The time after its expiry in which an entry still answers at once, while one load in the background renews it
    /// (`stale-while-revalidate` of RFC 5861).
    public var staleWhileRevalidate: Duration

    /// The time after its expiry in which an entry still answers when the load fails (`stale-if-error` of RFC 5861).
    public var staleIfError: Duration

    /// The longest time that a load may take; nil for no limit.
    ///
    /// A load that takes longer is cancelled and counts as failed: a stale value answers if ``staleIfError`` allows it,
    /// else callers get ``CacheError/loadTimedOut(key:after:)``. Without a limit, a load that hangs blocks its key for 30
    /// seconds: after that, callers no longer join it, and the next one begins another load.
    public var loadTimeout: Duration?

    /// The time after a failed load in which a stale value answers without another load.
    ///
    /// This is for ``staleIfError``. A renewal in the background is tried again after a second, then after twice as long
    /// each time, at most after this time.
    public var pauseAfterFailure: Duration

    /// Creates a policy; every argument has the default of a plain cache.
    ///
    /// - Parameters:
    ///   - jitter: The share of a lifetime by which it is varied, 0...1; nil takes the setting of the cache.
    ///   - nilPolicy: The treatment of nil results.
    ///   - staleWhileRevalidate: The time in which an expired entry answers while it is renewed.
    ///   - staleIfError: The time in which an expired entry answers when its renewal fails.
    ///   - loadTimeout: The longest time that a load may take; nil for no limit.
    ///   - pauseAfterFailure: The time after a failed load in which a stale value answers without another load.
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

    /// The time for which an entry is kept beyond its lifetime so that it can still answer.
    var staleWindow: Duration { max(.zero, max(staleWhileRevalidate, staleIfError)) }

    /// The time past its lifetime in which a value answers at once, in nanoseconds.
    var acceptedStaleness: Int64 { max(0, staleWhileRevalidate.saturatedNanoseconds) }
}
