// SPDX-License-Identifier: Apache-2.0

public import Caching
internal import RedisClient
import Synchronization

/// A backend on a Redis or Valkey server.
///
/// In a configuration, the backend is the driver ``Caching/CacheDriver/redis``. In code:
///
/// ```swift
/// let backend = RedisBackend(try RedisConfiguration(url: "redis://localhost:6379"), prefix: "shop:")
/// let manager = CacheManager(backend: backend)
/// ```
///
/// All backends of a process with the same settings for the server and the connection share one connection, on which
/// commands are pipelined. Each command has a deadline. Without a connection, a command fails immediately, which the
/// cache treats as a miss.
public final class RedisBackend: Sendable {
    /// The prefix of all keys on the server that the backend reads and writes.
    public var keyPrefix: String { keyspace.scope }

    let connection: RedisConnection
    let keyspace: RedisKeyspace
    let format: RedisFormat
    let maximumEntrySize: Int
    let clock: any CacheClock
    private let isReleased = Atomic<Bool>(false)
    let observers = Mutex<[Int]>([])

    /// The last seen stamp of the cache, which saves writes a round trip; zero before the first.
    let lastVersion = Atomic<UInt64>(0)

    /// The signal that the cache was cleared, so that the background work frees its entries.
    let sweeps = SweepSignal()

    var client: RedisClient { connection.client }

    /// Returns a message about a server that cannot be used, with its address and the reason.
    func unavailabilityMessage(_ error: any Error) -> String {
        var reason = "\(error)"
        while reason.last == "." { reason.removeLast() }
        let place = "\(client.settings.endpoint)"
        let server = reason.utf8.starts(with: place.utf8) ? "the server" : "the server at \(place)"
        return "\(server) cannot be used at present: \(reason)"
    }

    /// Creates a backend that connects when it is first used.
    ///
    /// - Parameters:
    ///   - configuration: The server, and the settings of the connection.
    ///   - prefix: The prefix of all keys on the server. Two backends share no entries if neither prefix is a prefix of
    ///     the other.
    ///   - clock: The clock that determines whether an entry has expired.
    public convenience init(
        _ configuration: RedisConfiguration = RedisConfiguration(),
        prefix: String = "cache:",
        clock: any CacheClock = SystemCacheClock()
    ) {
        // With an empty prefix, the whole database would belong to the backend.
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
        // Without a shutdown, the connection ends with its last reference, which another backend may have.
        for number in observers.withLock({ $0 }) { connection.stopObserving(number) }
        _ = RedisConnections.release(connection)
    }

    /// Measures the round-trip time of a `PING`.
    ///
    /// - Returns: The time between the command and its reply.
    /// - Throws: The reason why there is no reply.
    public func roundTripTime() async throws -> Duration {
        let start = ContinuousClock.now
        _ = try await client.send(RedisCommand("PING"))
        return ContinuousClock.now - start
    }

    /// Waits until there is a connection, or an attempt to connect has failed.
    ///
    /// - Throws: The reason why there is none.
    public func connect() async throws { _ = try await client.connect() }
}

extension RedisBackend: ManagedBackend {
    /// Frees the entries of a cleared cache in the background, until the task is cancelled.
    public func run() async {
        while await sweeps.wait() {
            // After an error, the remaining entries expire, or the next sweep frees them.
            _ = try? await sweep()
        }
    }

    /// Closes the connection, if no other backend uses it.
    public func shutdown() async {
        guard !isReleased.exchange(true, ordering: .relaxed) else { return }
        for number in observers.withLock({ $0 }) { connection.stopObserving(number) }
        guard RedisConnections.release(connection) else { return }
        await client.shutdown()
    }
}

/// The thread of the connection enforces the deadlines of commands.
extension RedisBackend: DeadlineKeepingBackend {}
