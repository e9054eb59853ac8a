// SPDX-License-Identifier: Apache-2.0

/// How long an entry is fresh and how long it stays, in nanoseconds on the cache's clock.
///
/// Every sum saturates: the durations may come from stored bytes.
struct EntryLifetime: Sendable, Hashable {
    /// `Int64.max` when it never gets old.
    let freshUntil: CacheInstant
    /// Between getting stale and being gone.
    let staleNanoseconds: Int64

    /// A lifetime.
    ///
    /// - Parameters:
    ///   - ttl: The whole of it; nil for as long as there is room.
    ///   - staleWindow: The last part of it, in which the entry is stale.
    ///   - now: When it begins.
    init(ttl: Duration?, staleWindow: Duration, now: CacheInstant) {
        guard let ttl else {
            (freshUntil, staleNanoseconds) = (.distantFuture, 0)
            return
        }
        let end = now.advanced(by: ttl)
        // Durations are wide numbers: the usual case has one of them to handle, and a write is short.
        if staleWindow == .zero {
            (freshUntil, staleNanoseconds) = (end, 0)
            return
        }
        let fresh = now.advanced(by: ttl - staleWindow)
        let window = fresh.duration(to: end).saturatedNanoseconds
        // A window that is too long for its number begins later, so that the end stays where it is.
        freshUntil = window == .max ? max(fresh, CacheInstant(nanoseconds: end.nanoseconds &- .max)) : fresh
        staleNanoseconds = max(0, window)
    }
}
