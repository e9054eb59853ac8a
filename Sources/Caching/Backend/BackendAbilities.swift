// SPDX-License-Identifier: Apache-2.0

/// A backend that reads many keys in one operation.
///
/// The pipeline reads the stamps of an entry's tags that way.
public protocol BatchReadingBackend: CacheBackend {
    /// Returns the entries stored under keys.
    ///
    /// - Parameter keys: The keys.
    /// - Returns: For each key, in their order, the entry, or nil when there is none or it has expired.
    /// - Throws: When the backend cannot tell.
    func get(_ keys: [String]) async throws -> [CacheEntry?]
}

/// A backend that ends each operation within a time-out of its own and heeds cancellation.
///
/// The pipeline then needs neither a task nor a timer for an operation, which is most of what a read from a near server
/// costs. A backend that hangs all the same holds up its callers.
public protocol DeadlineKeepingBackend: CacheBackend {}

/// A backend that is told when others change what it stores.
public protocol InvalidationSource: CacheBackend {
    /// Reports each change by others, until the backend is shut down.
    ///
    /// Called once, when the cache is made. Loads in flight of what has changed are not stored.
    ///
    /// - Parameter receive: Takes a change; call it without holding a lock. It does not block and may be called on any thread.
    func reportInvalidations(to receive: @escaping @Sendable (ForeignInvalidation) -> Void)
}

/// A change that somebody else made to what a backend stores.
#if hasAttribute(nonexhaustive)
    @nonexhaustive
#endif
public enum ForeignInvalidation: Sendable, Hashable {
    /// The entry of a key was changed or removed.
    case key(String)
    /// The entries whose keys match were removed.
    case pattern(KeyPattern)
    /// The entries with a tag were removed.
    case tag(String)
    /// Anything may have changed: everything was removed, or reports were lost.
    case everything
}

/// A backend with a connection that is lost and made again.
public protocol ConnectedBackend: CacheBackend {
    /// Asks the server for an answer.
    ///
    /// - Throws: The reason why there is none.
    func ping() async throws

    /// Reports the present state of the connection and each change of it, until the backend is shut down.
    ///
    /// Called once, when the cache is made.
    ///
    /// - Parameter receive: Takes a state; call it without holding a lock. It does not block and may be called on any thread.
    func reportConnection(to receive: @escaping @Sendable (BackendConnection) -> Void)
}

/// The state of a backend's connection.
#if hasAttribute(nonexhaustive)
    @nonexhaustive
#endif
public enum BackendConnection: Sendable {
    /// There is one, to a server of that description.
    case connected(to: String)
    /// There is none.
    case disconnected(any Error)
}

/// The abilities of a backend beyond its six functions, looked up once when its cache is made.
struct BackendAbilities: Sendable {
    let tags: (any TagInvalidatingBackend)?
    let stamps: (any StampingBackend)?
    let batches: (any BatchReadingBackend)?
    let invalidations: (any InvalidationSource)?
    let connection: (any ConnectedBackend)?
    let keepsDeadlines: Bool
    /// Whether entries can have tags.
    let keepsTags: Bool

    init(_ backend: any CacheBackend) {
        tags = backend as? any TagInvalidatingBackend
        let stamping = backend as? any StampingBackend
        stamps = stamping.flatMap { $0.writesStamps ? $0 : nil }
        keepsTags = stamping?.writesStamps ?? true
        batches = backend as? any BatchReadingBackend
        invalidations = backend as? any InvalidationSource
        connection = backend as? any ConnectedBackend
        keepsDeadlines = backend is any DeadlineKeepingBackend
    }
}
