// SPDX-License-Identifier: Apache-2.0

/// The times at which an entry becomes stale and ends.
///
/// Sums saturate, because the durations may come from stored bytes.
struct EntryLifetime: Sendable, Hashable {
    /// The end of the time in which the entry is fresh.
    let freshUntil: CacheInstant
    /// The nanoseconds from the end of freshness to the end of the entry.
    let staleNanoseconds: Int64

    /// Creates a lifetime.
    ///
    /// - Parameters:
    ///   - ttl: The whole lifetime; nil has no end.
    ///   - staleWindow: The last part of the lifetime, in which the entry is stale.
    ///   - now: The beginning of the lifetime.
    init(ttl: Duration?, staleWindow: Duration, now: CacheInstant) {
        guard let ttl else {
            (freshUntil, staleNanoseconds) = (.distantFuture, 0)
            return
        }
        let end = now.advanced(by: ttl)
        // Arithmetic on durations is slow, so the usual case, without a stale window, does as little of it as possible.
        if staleWindow == .zero {
            (freshUntil, staleNanoseconds) = (end, 0)
            return
        }
        let fresh = now.advanced(by: ttl - staleWindow)
        let window = fresh.duration(to: end).saturatedNanoseconds
        // A window that does not fit in 64 bits begins later, so that the end does not move.
        freshUntil = window == .max ? max(fresh, CacheInstant(nanoseconds: end.nanoseconds &- .max)) : fresh
        staleNanoseconds = max(0, window)
    }
}
