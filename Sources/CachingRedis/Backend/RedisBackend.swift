// SPDX-License-Identifier: Apache-2.0

public import Caching
internal import RedisClient
import Synchronization

/// A backend on a Redis or Valkey server.
///
/// In a configuration it is the driver ``Caching/CacheDriver/redis``. By hand:
///
/// ```swift
/// let backend = RedisBackend(try RedisConfiguration(url: "redis://localhost:6379"), prefix: "shop:")
/// let manager = CacheManager(backend: backend)
/// ```
///
/// All backends of a process with the same settings for the server and the connection share one, on which commands are
/// written without waiting for each other. A command has a deadline; without a connection it fails at once, which the
/// cache in front turns into a miss.
public final class RedisBackend: Sendable {
    /// The beginning of all keys on the server that belong to the backend; it touches nothing else.
    public var keyPrefix: String { keyspace.scope }

    let connection: RedisConnection
    let keyspace: RedisKeyspace
    let format: RedisFormat
    let maximumEntrySize: Int
    let clock: any CacheClock
    private let isReleased = Atomic<Bool>(false)
    let observation = Mutex<[Int]>([])

    /// The stamp of the cache as it was last seen, for writes that need not ask for it first.
    let lastVersion = Atomic<UInt64>(0)

    /// Tells the background work that the cache was cleared, and entries are to be freed.
    let sweeps = SweepSignal()

    var client: RedisClient { connection.client }

    /// Returns a message about a server that cannot be used: its address, once, and the reason.
    func unavailability(_ error: any Error) -> String {
        var reason = "\(error)"
        while reason.last == "." { reason.removeLast() }
        let place = "\(client.settings.endpoint)"
        let server = reason.utf8.starts(with: place.utf8) ? "the server" : "the server at \(place)"
        return "\(server) cannot be used at present: \(reason)"
    }

    /// Creates a backend; it connects when it is first used.
    ///
    /// - Parameters:
    ///   - configuration: The server, and how to talk to it.
    ///   - prefix: The beginning of all keys on the server. Two backends whose prefixes are not beginnings of one
    ///     another never meet.
    ///   - clock: The clock that tells whether an entry has expired.
    public convenience init(
        _ configuration: RedisConfiguration = RedisConfiguration(),
        prefix: String = "cache:",
        clock: any CacheClock = SystemCacheClock()
    ) {
        // An empty prefix would make the whole database the backend's own.
        self.init(configuration, RedisKeyspace(prefix: prefix.isEmpty ? "cache:" : prefix), clock: clock)
    }

    init(_ configuration: RedisConfiguration, _ keyspace: RedisKeyspace, clock: any CacheClock) {
        connection = RedisConnections.retain(configuration.settings)
        self.keyspace = keyspace
        format = configuration.format
        maximumEntrySize = configuration.maximumEntrySize
        self.clock = clock
    }

    deinit {
        guard !isReleased.load(ordering: .relaxed) else { return }
        // Without a shutdown: the connection ends with its last reference, which others may have.
        for number in observation.withLock({ $0 }) { connection.stopObserving(number) }
        _ = RedisConnections.release(connection)
    }

    /// Asks the server for an answer, and returns the time that it took.
    ///
    /// - Returns: The time.
    /// - Throws: The reason why there is no answer.
    public func roundTripTime() async throws -> Duration {
        let start = ContinuousClock.now
        _ = try await client.send(RedisCommand("PING"))
        return ContinuousClock.now - start
    }

    /// Waits until there is a connection, or an attempt to make one has failed.
    ///
    /// - Throws: The reason why there is none.
    public func connect() async throws { _ = try await client.connect() }
}

extension RedisBackend: ManagedBackend {
    /// Frees the entries of caches that were cleared.
    public func run() async {
        while await sweeps.wait() {
            // What cannot be freed now expires, or is freed after the next time.
            _ = try? await sweep()
        }
    }

    /// Closes the connection, if no other backend uses it.
    public func shutdown() async {
        guard !isReleased.exchange(true, ordering: .relaxed) else { return }
        for number in observation.withLock({ $0 }) { connection.stopObserving(number) }
        guard RedisConnections.release(connection) else { return }
        await client.shutdown()
    }
}

/// Its commands have deadlines, which the thread of the connection keeps.
extension RedisBackend: DeadlineKeepingBackend {}
