// SPDX-License-Identifier: Apache-2.0

/// A backend that reads many keys in one operation.
///
/// The pipeline reads the stamps of the tags of an entry that way.
public protocol BatchReadingBackend: CacheBackend {
    /// Returns the entries stored under keys.
    ///
    /// - Parameter keys: The keys.
    /// - Returns: For each key, in their order, the entry, or nil when there is none or it has expired.
    /// - Throws: An error when the backend cannot be read.
    func get(_ keys: [String]) async throws -> [CacheEntry?]
}

/// A backend that ends each operation within a timeout of its own, and when its task is cancelled.
///
/// The pipeline then needs neither a task nor a timer for an operation, which are most of the cost of a read from a near
/// server. If such a backend hangs, its callers hang with it.
public protocol DeadlineKeepingBackend: CacheBackend {}

/// A backend that learns of changes that others make to its entries.
public protocol InvalidationSource: CacheBackend {
    /// Reports each change by others, until the backend is shut down.
    ///
    /// It is called once, when the cache is made. Values that are being loaded for changed entries are not stored.
    ///
    /// - Parameter receive: Takes a change; call it without holding a lock. It does not block and may be called on any thread.
    func reportInvalidations(to receive: @escaping @Sendable (ForeignInvalidation) -> Void)
}

/// A change to the entries of a backend that another process or manager made.
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

/// A backend with a connection that can be lost and made again.
public protocol ConnectedBackend: CacheBackend {
    /// Waits for an answer of the server.
    ///
    /// - Throws: The reason why there is no answer.
    func ping() async throws

    /// Reports the present state of the connection and each change of it, until the backend is shut down.
    ///
    /// It is called once, when the cache is made.
    ///
    /// - Parameter receive: Takes a state; call it without holding a lock. It does not block and may be called on any thread.
    func reportConnection(to receive: @escaping @Sendable (BackendConnection) -> Void)
}

/// The state of a backend's connection.
#if hasAttribute(nonexhaustive)
    @nonexhaustive
#endif
public enum BackendConnection: Sendable {
    /// The backend is connected to a server, which the text describes.
    case connected(to: String)
    /// The backend is not connected.
    case disconnected(any Error)
}

/// The capabilities of a backend beyond the six functions of `CacheBackend`, determined once when its cache is made.
struct BackendCapabilities: Sendable {
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
