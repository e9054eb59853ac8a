// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A client of a Redis or Valkey server, with one connection that any number of tasks share.
///
/// Commands are pipelined: they are written without waiting for the replies to earlier ones. Without a connection, a
/// command fails immediately and is not queued. A lost connection is re-established in the background.
package final class RedisClient: Sendable {
    package let settings: RedisSettings
    private let engine: ConnectionEngine

    /// Creates a client that connects when it is first used.
    ///
    /// - Parameters:
    ///   - settings: The server.
    ///   - report: A closure that receives events of the connection, on its thread. It must not block.
    package init(_ settings: RedisSettings, report: @escaping @Sendable (RedisConnectionEvent) -> Void = { _ in }) {
        self.settings = settings
        engine = ConnectionEngine(settings, report: report)
    }

    deinit { engine.close() }

    /// The state of the connection.
    package var status: RedisConnectionStatus { engine.status }

    /// Whether ``shutdown()`` was called.
    package var isClosing: Bool { engine.state.withLock(\.isClosed) }

    /// Waits until there is a connection, or an attempt to connect has failed.
    ///
    /// - Returns: The reply of the server to `HELLO`.
    /// - Throws: ``RedisError``, or `CancellationError`.
    @discardableResult
    package func connect() async throws -> RedisServerInfo { try await engine.connect() }

    /// Sends a command.
    ///
    /// A caller that is cancelled or times out returns immediately. Its command may still run.
    ///
    /// - Parameters:
    ///   - command: The command.
    ///   - timeout: The time to wait for the reply; nil uses the timeout of the settings.
    /// - Returns: The reply, which is not an error.
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
    /// No other command is sent between them. They are not a transaction.
    ///
    /// - Parameters:
    ///   - commands: The commands.
    ///   - timeout: The time to wait for all replies; nil uses the timeout of the settings.
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
        // The error for a missing permission contains the name of the user.
        error.hiding(user: settings.username, password: settings.password)
    }

    private func shown(_ replies: [RESPValue]) -> [RESPValue] {
        guard replies.contains(where: { if case .error = $0 { true } else { false } }) else { return replies }
        return replies.map { if case .error(let error) = $0 { .error(shown(error)) } else { $0 } }
    }

    /// Closes the connection; pending commands fail.
    package func shutdown() async { await engine.shutdown() }
}

/// The state of a connection.
package enum RedisConnectionStatus: Sendable, Hashable {
    /// The client has not been used.
    case idle
    case connecting
    case connected(RedisServerInfo)
    /// The connection was lost or not established; the client waits before the next attempt.
    case disconnected(RedisError)
    case closed
}

/// An event of a connection.
package enum RedisConnectionEvent: Sendable, Hashable {
    case connected(RedisServerInfo)
    /// The connection was lost.
    case disconnected(RedisError)
    /// An attempt to connect failed.
    case connectFailed(RedisError)
}
