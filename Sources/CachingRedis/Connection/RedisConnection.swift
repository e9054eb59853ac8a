// SPDX-License-Identifier: Apache-2.0

internal import Caching
internal import RedisClient
import Synchronization

/// A connection that the backends of a process with equal settings share.
final class RedisConnection: Sendable {
    let client: RedisClient
    private let observers: Observers

    /// The observers of a connection.
    private final class Observers: Sendable {
        private let state = Mutex<(next: Int, closures: [Int: @Sendable (RedisConnectionEvent) -> Void])>((0, [:]))

        func add(_ receive: @escaping @Sendable (RedisConnectionEvent) -> Void) -> Int {
            state.withLock { state in
                state.next += 1
                state.closures[state.next] = receive
                return state.next
            }
        }

        func remove(_ number: Int) {
            // The closure is freed outside the lock.
            _ = state.withLock { $0.closures.removeValue(forKey: number) }
        }

        func report(_ event: RedisConnectionEvent) {
            for receive in state.withLock({ Array($0.closures.values) }) { receive(event) }
        }
    }

    init(_ settings: RedisSettings) {
        let observers = Observers()
        self.observers = observers
        client = RedisClient(settings) { observers.report($0) }
    }

    /// Calls a closure for each event of the connection, on its thread.
    ///
    /// - Returns: A number that identifies the observer.
    func observe(_ receive: @escaping @Sendable (RedisConnectionEvent) -> Void) -> Int { observers.add(receive) }

    func stopObserving(_ number: Int) { observers.remove(number) }
}

/// The connections of the process, by their settings.
enum RedisConnections {
    private struct SharedConnection {
        let connection: RedisConnection
        var count: Int
    }

    private static let connections = Mutex<[RedisSettings: SharedConnection]>([:])

    /// Returns the connection with the settings; the caller must balance the call with ``release(_:)``.
    static func retain(_ settings: RedisSettings) -> RedisConnection {
        connections.withLock { connections in
            if let shared = connections[settings] {
                connections[settings]?.count += 1
                return shared.connection
            }
            // This does not connect yet.
            let connection = RedisConnection(settings)
            connections[settings] = SharedConnection(connection: connection, count: 1)
            return connection
        }
    }

    /// Releases a connection, and returns whether it has no further users and must be closed.
    static func release(_ connection: RedisConnection) -> Bool {
        let settings = connection.client.settings
        return connections.withLock { connections in
            guard let shared = connections[settings], shared.connection === connection else { return true }
            guard shared.count == 1 else {
                connections[settings]?.count -= 1
                return false
            }
            connections[settings] = nil
            return true
        }
    }
}
