// SPDX-License-Identifier: Apache-2.0

/// A server whose replies a test determines, including invalid ones.
///
/// Each connection has a thread of its own, so that a pause delays no other connection. The server ends with ``stop()``
/// or with its last reference.
package final class ScriptedServer: Sendable {
    /// A closure that returns the reply to a command; connections are numbered from 1.
    package typealias Handler = @Sendable (_ command: [String], _ connectionNumber: Int) -> Reply

    /// The port that clients connect to.
    package let port: Int

    private let sharedState: ScriptedServerState
    private let player: ScriptPlayer?
    private let stopEnd: Int32
    private let watchEnd: Int32
    private let listener: Int32

    /// Starts a server with a closure that returns the replies.
    ///
    /// - Parameters:
    ///   - greeting: A closure that returns the reply to a new connection, before the first command.
    ///   - handler: A closure that returns the reply to a command.
    /// - Throws: ``TestSupportError`` when no socket or no thread could be created.
    package convenience init(
        greeting: @escaping @Sendable (_ connectionNumber: Int) -> Reply = { _ in .none },
        _ handler: @escaping Handler
    ) throws {
        try self.init(player: nil, greeting: greeting, handler)
    }

    /// Starts a server that plays a script on each connection.
    ///
    /// Each connection gets the script with its number, and further ones the last script. After the end of a script, the
    /// server sends nothing. The reply to an unexpected command is an error, which is also in ``mismatches``.
    package convenience init(scripts: [[Step]]) throws {
        let player = ScriptPlayer(scripts)
        try self.init(player: player, greeting: { _ in .none }, player.answer)
    }

    private init(
        player: ScriptPlayer?,
        greeting: @escaping @Sendable (Int) -> Reply,
        _ handler: @escaping Handler
    ) throws {
        self.player = player
        sharedState = ScriptedServerState(handler: handler, greeting: greeting)
        (listener, port) = try Sockets.bind()
        do {
            try Sockets.listen(listener)
            (stopEnd, watchEnd) = try Sockets.pair()
        } catch {
            Sockets.close(listener)
            throw error
        }
        do {
            let (sharedState, listener, watchEnd) = (sharedState, listener, watchEnd)
            sharedState.add(try SystemThread { sharedState.accept(listener, stop: watchEnd) })
        } catch {
            for descriptor in [listener, stopEnd, watchEnd] { Sockets.close(descriptor) }
            throw error
        }
    }

    deinit {
        stop()
        for descriptor in [listener, watchEnd] { Sockets.close(descriptor) }
    }

    package var endpoint: Endpoint { .port(port) }

    package var url: String { "redis://127.0.0.1:\(port)" }

    /// The number of connections that clients have made.
    package var connections: Int { sharedState.connections }

    /// The received commands of each connection.
    package var commands: [[[String]]] { sharedState.commands }

    /// The received commands of all connections in their order.
    package var allCommands: [[String]] { sharedState.allCommands }

    /// The descriptions of commands that were not in the script, and of bytes that were not a command.
    package var mismatches: [String] { sharedState.malformed + (player?.mismatches ?? []) }

    /// Sends unsolicited bytes to a connection, and returns whether all were sent.
    @discardableResult
    package func push(_ bytes: [UInt8], to connectionNumber: Int) -> Bool {
        sharedState.push(bytes, to: connectionNumber)
    }

    /// Waits until a number of commands were received.
    package func waitForCommands(_ count: Int, within limit: Duration = .seconds(60)) async throws {
        try await Waiting.until(within: limit, "\(count) commands") { [sharedState] in
            sharedState.allCommands.count >= count
        }
    }

    /// Closes all connections and waits for the threads to end.
    package func stop() {
        // All threads wait for the end of this socket, in addition to their own.
        if sharedState.beginStop() { Sockets.close(stopEnd) }
        sharedState.join()
    }
}
