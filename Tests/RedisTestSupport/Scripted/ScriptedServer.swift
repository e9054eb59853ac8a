// SPDX-License-Identifier: Apache-2.0

/// A server that answers what a test says, also what no real one would.
///
/// Each connection has a thread of its own, so that one that pauses holds up no other. It ends with ``stop()`` or with
/// its last reference.
package final class ScriptedServer: Sendable {
    /// Answers a command of a connection; connections have the numbers 1, 2, 3 in their order.
    package typealias Handler = @Sendable (_ command: [String], _ connectionNumber: Int) -> Reply

    /// The port that clients connect to.
    package let port: Int

    private let hub: ScriptedHub
    private let player: ScriptPlayer?
    private let stopEnd: Int32
    private let watchEnd: Int32
    private let listener: Int32

    /// Starts a server that asks a closure for each answer.
    ///
    /// - Parameters:
    ///   - greeting: What it does on each connection before any command has come.
    ///   - handler: The answer to each command.
    /// - Throws: ``BenchError`` when the system gives no socket or no thread.
    package convenience init(
        greeting: @escaping @Sendable (_ connectionNumber: Int) -> Reply = { _ in .none },
        _ handler: @escaping Handler
    ) throws {
        try self.init(player: nil, greeting: greeting, handler)
    }

    /// Starts a server that plays a script on each connection.
    ///
    /// The first connection gets the first script and so on; all that follow get the last one. At the end of a script it is silent.
    ///
    /// A command that is not the expected one is answered with an error, and is in ``mismatches``.
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
        hub = ScriptedHub(handler: handler, greeting: greeting)
        (listener, port) = try Sockets.bind()
        do {
            try Sockets.listen(listener)
            (stopEnd, watchEnd) = try Sockets.pair()
        } catch {
            Sockets.close(listener)
            throw error
        }
        do {
            let (hub, listener, watchEnd) = (hub, listener, watchEnd)
            hub.add(try SystemThread { hub.accept(listener, stop: watchEnd) })
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

    /// How many connections clients have made.
    package var connections: Int { hub.connections }

    /// The commands that have come, for each connection in their order.
    package var commands: [[[String]]] { hub.commands }

    /// The commands of all connections in the order in which they came.
    package var allCommands: [[String]] { hub.allCommands }

    /// The commands that came and were not in the script, and bytes that were no command.
    package var mismatches: [String] { hub.malformed + (player?.mismatches ?? []) }

    /// Sends bytes that nobody asked for to a connection, and returns whether all were taken.
    @discardableResult
    package func push(_ bytes: [UInt8], to connectionNumber: Int) -> Bool { hub.push(bytes, to: connectionNumber) }

    /// Waits until so many commands have come.
    package func waitForCommands(_ count: Int, within limit: Duration = .seconds(60)) async throws {
        try await Waiting.until(within: limit, "\(count) commands") { [hub] in hub.allCommands.count >= count }
    }

    /// Closes all connections and waits for the threads to end.
    package func stop() {
        // The end of this socket is what all threads wait for, besides their own.
        if hub.beginStop() { Sockets.close(stopEnd) }
        hub.join()
    }
}
