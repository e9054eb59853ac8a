// SPDX-License-Identifier: Apache-2.0

/// Something that happened in a cache.
///
/// Keys may carry personal data: think before writing them to a log.
public struct CacheEvent: Sendable {
    /// The kinds of events.
    #if hasAttribute(nonexhaustive)
        @nonexhaustive
    #endif
    public enum Kind: Sendable {
        /// A read was answered with a fresh value.
        case hit
        /// A read was answered with a value past its lifetime.
        case staleHit
        /// A read found nothing usable.
        case miss
        /// A call waits for a load, or a look at the backend, that another call has begun.
        case joined
        /// A load returned a value; `joiners` callers beyond the first waited for it.
        case loaded(time: Duration, joiners: Int)
        /// A load threw.
        case loadFailed(any Error, time: Duration)
        /// A load was cancelled because nobody waited for it any more.
        case loadCancelled
        /// An entry was stored, for that long; nil when it has no end.
        case stored(ttl: Duration?)
        /// A loaded value was returned and not stored, because its key was invalidated or set during the load.
        case discarded
        /// A loaded value was returned and not stored, because the function or the load said so.
        case skipped
        /// An entry left without being asked to.
        case evicted(EvictionReason)
        /// A key, a pattern, a tag, or everything was invalidated.
        case invalidated(Invalidation)
        /// A call or a result went around the cache: its key, its arguments or one of its tags cannot be used, it is too
        /// large, or the manager was shut down.
        case bypassed(CacheError)
        /// A stored entry was of another type, damaged, or in another format; it counts as a miss.
        case unreadable(any Error)
        /// A loaded value could not be encoded; it was returned and not stored.
        case notEncodable(any Error)
        /// The backend failed at an operation or did not answer in time.
        case backendFailed(operation: String, any Error)
        /// The backend failed several times in a row and is left alone for that long.
        case backendUnavailable(for: Duration)
        /// The backend works again.
        case backendRecovered
        /// The backend has a connection, to a server of that description.
        case backendConnected(String)
        /// The backend has lost its connection, or could not make one.
        case backendDisconnected(any Error)
        /// This listener was too slow; that many events before this one are missing.
        case dropped(Int)
    }

    /// The entries that an invalidation names.
    #if hasAttribute(nonexhaustive)
        @nonexhaustive
    #endif
    public enum Invalidation: Sendable, Hashable {
        /// One key.
        case key
        /// All keys that match.
        case pattern(KeyPattern)
        /// All entries with a tag.
        case tag(String)
        /// All entries.
        case everything
    }

    /// The name of the cache.
    public let cache: String

    /// The key it is about, with the cache's prefix; nil when it is about no single key.
    public let key: String?

    /// The kind of the event, with its details.
    public let kind: Kind
}
