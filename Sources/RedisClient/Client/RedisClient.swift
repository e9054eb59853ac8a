// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A client of a Redis or Valkey server: one connection, which any number of tasks share.
///
/// Commands are written one after the other without waiting for replies. There is no queue for the time without a
/// connection: a command then fails at once. A connection that was lost is made again in the background.
package final class RedisClient: Sendable {
    package let settings: RedisSettings
    private let engine: ConnectionEngine

    /// Creates a client, which connects when it is first used.
    ///
    /// - Parameters:
    ///   - settings: The server.
    ///   - report: Takes what happens to the connection, on its thread; it must not block.
    package init(_ settings: RedisSettings, report: @escaping @Sendable (RedisConnectionEvent) -> Void = { _ in }) {
        self.settings = settings
        engine = ConnectionEngine(settings, report: report)
    }

    deinit { engine.close() }

    /// The state of the connection.
    package var status: RedisConnectionStatus { engine.status }

    /// Whether ``shutdown()`` was called.
    package var isClosing: Bool { engine.state.withLock(\.isClosed) }

    /// Waits until there is a connection, or an attempt to make one has failed.
    ///
    /// - Returns: The server as it introduced itself.
    /// - Throws: ``RedisError``, or `CancellationError`.
    @discardableResult
    package func connect() async throws -> RedisServerInfo { try await engine.connect() }

    /// Sends a command.
    ///
    /// A caller that is cancelled, or whose time is over, goes on at once; the command may run all the same.
    ///
    /// - Parameters:
    ///   - command: The command.
    ///   - timeout: The time to wait for the reply; nil takes that of the settings.
    /// - Returns: The reply, which is no error.
    /// - Throws: ``RedisError``, or `CancellationError`.
    package func send(_ command: RedisCommand, timeout: Duration? = nil) async throws -> RESPValue {
        let reply = try await engine.send(timeout, replies: 1) { queue, pending, deadline in
            queue.enqueue(command, for: pending, deadline: deadline)
        }
        if case .error(let error) = reply { throw RedisError.server(shown(error)) }
        return reply
    }

    /// Sends commands together.
    ///
    /// They are neighbours on the connection, and not a transaction.
    ///
    /// - Parameters:
    ///   - commands: The commands.
    ///   - timeout: The time to wait for all replies; nil takes that of the settings.
    /// - Returns: The replies in the order of the commands; some may be errors.
    /// - Throws: ``RedisError``, or `CancellationError`.
    package func send(_ commands: [RedisCommand], timeout: Duration? = nil) async throws -> [RESPValue] {
        guard commands.count > 1 else {
            guard let command = commands.first else { return [] }
            let reply = try await engine.send(timeout, replies: 1) { queue, pending, deadline in
                queue.enqueue(command, for: pending, deadline: deadline)
            }
            return shown([reply])
        }
        let reply = try await engine.send(timeout, replies: commands.count) { queue, pending, deadline in
            queue.enqueue(commands, for: pending, deadline: deadline)
        }
        return shown(reply.elements ?? [])
    }

    private func shown(_ error: RedisServerError) -> RedisServerError {
        // A server without a permission for a command says for whom.
        error.hiding(user: settings.username, password: settings.password)
    }

    private func shown(_ replies: [RESPValue]) -> [RESPValue] {
        guard settings.username != nil, replies.contains(where: { if case .error = $0 { true } else { false } }) else {
            return replies
        }
        return replies.map { if case .error(let error) = $0 { .error(shown(error)) } else { $0 } }
    }

    /// Closes the connection; commands that wait fail.
    package func shutdown() async { await engine.shutdown() }
}

/// The state of a connection.
package enum RedisConnectionStatus: Sendable, Hashable {
    /// Not used yet.
    case idle
    case connecting
    case connected(RedisServerInfo)
    /// Waits before it connects again.
    case disconnected(RedisError)
    case closed
}

/// Something that happened to a connection.
package enum RedisConnectionEvent: Sendable, Hashable {
    case connected(RedisServerInfo)
    /// It was lost.
    case disconnected(RedisError)
    /// An attempt to connect failed.
    case connectFailed(RedisError)
}
