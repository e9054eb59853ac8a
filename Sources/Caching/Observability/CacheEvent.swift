// SPDX-License-Identifier: Apache-2.0

/// An event in a cache.
///
/// Keys may carry personal data, so consider that before you write them to a log.
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
        /// A call waits for a load or a lookup that another call has begun.
        case joined
        /// A load returned a value; `joiners` callers beyond the first waited for it.
        case loaded(time: Duration, joiners: Int)
        /// A load threw.
        case loadFailed(any Error, time: Duration)
        /// A load was cancelled because no caller waited for it any more.
        case loadCancelled
        /// An entry was stored with a lifetime; nil when it does not expire.
        case stored(ttl: Duration?)
        /// A loaded value was returned and not stored, because its key was invalidated or set during the load.
        case discarded
        /// A loaded value was returned and not stored, because the function or the load asked for that.
        case skipped
        /// An entry was evicted.
        case evicted(EvictionReason)
        /// A key, a pattern, a tag, or everything was invalidated.
        case invalidated(Invalidation)
        /// A call or a result bypassed the cache: its key, its arguments or one of its tags cannot be used, it is too large,
        /// or the manager was shut down.
        case bypassed(CacheError)
        /// A stored entry was of another type, damaged, or in another format; it counts as a miss.
        case unreadable(any Error)
        /// A loaded value could not be encoded; it was returned and not stored.
        case notEncodable(any Error)
        /// The backend failed at an operation or did not answer in time.
        case backendFailed(operation: String, any Error)
        /// The backend failed several times in a row and is not used for that duration.
        case backendUnavailable(for: Duration)
        /// The backend works again.
        case backendRecovered
        /// The backend has connected to a server, which the text describes.
        case backendConnected(String)
        /// The backend has lost its connection, or failed to connect.
        case backendDisconnected(any Error)
        /// This listener was too slow, and that number of events before this one is missing.
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

    /// The key, with the prefix of the cache; nil when the event concerns no single key.
    public let key: String?

    /// The kind of the event, with its details.
    public let kind: Kind
}

extension CacheEvent.Kind {
    /// Whether something did not work: a load, a backend, a stored entry, a call that bypassed the cache, or a listener
    /// that was too slow.
    ///
    /// ```swift
    /// for await event in manager.events(where: \.isFailure) { logger.warning("\(event)") }
    /// ```
    public var isFailure: Bool {
        switch self {
        case .loadFailed, .bypassed, .unreadable, .notEncodable, .backendFailed, .backendUnavailable,
            .backendDisconnected, .dropped:
            true
        case .hit, .staleHit, .miss, .joined, .loaded, .loadCancelled, .stored, .discarded, .skipped, .evicted,
            .invalidated, .backendRecovered, .backendConnected:
            false
        }
    }
}
