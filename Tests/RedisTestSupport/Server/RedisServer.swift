// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// A real server that a test starts, on a port of 127.0.0.1 and on a unix socket in a directory of its own.
///
/// It ends with ``stop()``, with its last reference, and with the process, also when that one is killed.
package final class RedisServer: Sendable {
    private struct State {
        var process: ServerProcess?
        var port = 0
        var tlsPort: Int?
    }

    package let kind: Kind
    package let options: ServerOptions
    private let program: String
    private let directory: TemporaryDirectory
    private let state = Mutex(State())

    /// Prepares a server; ``start()`` starts it.
    package init(_ kind: Kind, _ options: ServerOptions = ServerOptions()) throws {
        switch Self.availability(kind) {
        case .found(let path): program = path
        case .missing(let reason): throw BenchError(reason)
        }
        if options.tls != nil, !kind.knowsTLS { throw BenchError("\(kind) is built without TLS") }
        self.kind = kind
        self.options = options
        directory = try TemporaryDirectory("server")
    }

    deinit {
        state.withLock { $0.process = nil }
        directory.remove()
    }

    /// The port of 127.0.0.1, the same also after ``restart()``; zero before the first start.
    package var port: Int { state.withLock(\.port) }

    /// The port that speaks TLS, with ``ServerOptions/tls``.
    package var tlsPort: Int? { state.withLock(\.tlsPort) }

    /// The path of the unix socket.
    package var socketPath: String { directory.file("socket") }

    package var endpoint: Endpoint { .port(port) }

    /// The address for a client, with the password if there is one.
    package var url: String { "redis://\(credentials)127.0.0.1:\(port)" }

    /// The address of the port that speaks TLS.
    package var tlsURL: String? { tlsPort.map { "rediss://\(credentials)localhost:\($0)" } }

    /// The number of the server's process, while it runs.
    package var processID: Int32? { state.withLock { $0.process?.id } }

    package var isRunning: Bool { state.withLock { $0.process?.isRunning ?? false } }

    /// The log of the server.
    package var log: String {
        let data = FileManager.default.contents(atPath: directory.file("log")) ?? Data()
        return String(decoding: data, as: UTF8.self)
    }

    /// Starts the server and waits until it answers.
    ///
    /// It takes another port when somebody was faster. While it reads its data from the disk it refuses commands with an
    /// error, LOADING; with `duringLoading`, that counts as an answer.
    package func start(duringLoading: Bool = false) async throws {
        try await Waiting.run { try self.startBlocking(duringLoading) }
    }

    /// Kills the server if it runs, and starts it again on the same port and, if it is persistent, with its old data.
    package func restart(duringLoading: Bool = false) async throws {
        kill()
        try await start(duringLoading: duringLoading)
    }

    /// Ends the server at once, without a word to its clients and without saving.
    package func kill() {
        // Freed outside of the lock: that waits for the process.
        let process = state.withLock { $0.process.take() }
        withExtendedLifetime(process) {}
    }

    /// Ends the server in order, as an administrator would, or by force when it takes too long.
    package func stop() {
        let process = state.withLock { $0.process.take() }
        process?.send(SIGCONT)
        process?.send(SIGTERM)
        _ = process?.waitForEnd(within: .seconds(3))
    }

    /// Stops the process where it is.
    ///
    /// Its connections stay open and it answers nothing, like a host that hangs.
    package func pause() { state.withLock { $0.process?.send(SIGSTOP) } }

    /// Lets the process go on.
    package func resume() { state.withLock { $0.process?.send(SIGCONT) } }

    /// Sends a command on a connection of its own, as an administrator, and returns the reply.
    ///
    /// - Throws: ``BenchError`` with the text of the reply when that is an error.
    @discardableResult
    package func command(_ words: String...) async throws -> String {
        let reply = try await reply(to: words)
        if case .error(let text) = reply { throw BenchError(text) }
        return reply.description
    }

    /// The reply to a command, be it an error or not.
    package func reply(to words: [String], database: Int = 0, timeout: Duration = .seconds(30)) async throws
        -> RESPValue
    {
        try await Waiting.run {
            let connection = try self.connect(timeout: timeout)
            if database != 0 { _ = try connection.send(["SELECT", String(database)]) }
            return try connection.send(words)
        }
    }

    /// Writes the data to the disk and waits until that is done.
    package func saveNow() async throws { try await command("SAVE") }

    /// Cuts the watcher's line as the death of this process would, for a test of that.
    package func loseLeash() { state.withLock { $0.process?.loseLeash() } }

    private var credentials: String { options.password.map { ":\($0)@" } ?? "" }

    /// A connection that is logged in.
    ///
    /// Through the unix socket: `maxclients` and proxies do not concern it.
    private func connect(timeout: Duration) throws -> RESPConnection {
        let connection = try RESPConnection(to: .path(socketPath), timeout: timeout)
        if let password = options.password { _ = try connection.send(["AUTH", password]) }
        return connection
    }

    private func startBlocking(_ duringLoading: Bool) throws {
        guard !isRunning else { throw BenchError("the server runs already") }
        kill()
        let isFirst = port == 0
        for attempt in 1... {
            if isFirst {
                let ports = try (Sockets.freePort(), options.tls == nil ? nil : Sockets.freePort())
                state.withLock { ($0.port, $0.tlsPort) = ports }
            }
            do {
                return try startOnce(duringLoading)
            } catch {
                kill()
                guard isFirst, attempt < 5, log.contains("already in use") else { throw error }
            }
        }
    }

    private func startOnce(_ duringLoading: Bool) throws {
        try? FileManager.default.removeItem(atPath: socketPath)
        if !options.persistent { try? FileManager.default.removeItem(atPath: directory.file("dump.rdb")) }
        let words = options.words(port: port, tlsPort: tlsPort, socketPath: socketPath, directory: directory.path)
        let process = try ServerProcess(program, words, log: directory.file("log"), directory: directory.path)
        state.withLock { $0.process = process }
        try Waiting.blockUntil(within: .seconds(10), "the server's answer; its log: \(log)") {
            guard process.isRunning else { throw BenchError("the server ended: \(log)") }
            guard let reply = try? connect(timeout: .seconds(1)).send(["PING"]) else { return false }
            if case .error(let text) = reply, text.hasPrefix("LOADING") { return duringLoading }
            return true
        }
    }
}
