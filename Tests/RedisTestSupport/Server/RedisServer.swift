// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// A server that a test starts, on a port of 127.0.0.1 and on a Unix domain socket in a directory of its own.
///
/// It ends with ``stop()``, with its last reference, or with the process of the tests, even if that one is killed.
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

    /// Creates a server that ``start(duringLoading:)`` starts.
    package init(_ kind: Kind, _ options: ServerOptions = ServerOptions()) throws {
        switch Self.availability(kind) {
        case .found(let path): program = path
        case .missing(let reason): throw TestSupportError(reason)
        }
        if options.tls != nil, !kind.knowsTLS { throw TestSupportError("\(kind) is built without TLS") }
        self.kind = kind
        self.options = options
        directory = try TemporaryDirectory("server")
    }

    deinit {
        state.withLock { $0.process = nil }
        directory.remove()
    }

    /// The port on 127.0.0.1, which a restart does not change; zero before the first start.
    package var port: Int { state.withLock(\.port) }

    /// The port with TLS, if ``ServerOptions/tls`` is set.
    package var tlsPort: Int? { state.withLock(\.tlsPort) }

    /// The path of the Unix domain socket.
    package var socketPath: String { directory.file("socket") }

    package var endpoint: Endpoint { .port(port) }

    /// The URL for a client, with the password if there is one.
    package var url: String { "redis://\(credentials)127.0.0.1:\(port)" }

    /// The URL of the port with TLS.
    package var tlsURL: String? { tlsPort.map { "rediss://\(credentials)localhost:\($0)" } }

    /// The process identifier of the running server.
    package var processID: Int32? { state.withLock { $0.process?.id } }

    package var isRunning: Bool { state.withLock { $0.process?.isRunning ?? false } }

    /// The log of the server.
    package var log: String {
        let data = FileManager.default.contents(atPath: directory.file("log")) ?? Data()
        return String(decoding: data, as: UTF8.self)
    }

    /// Starts the server, and waits until it replies.
    ///
    /// It tries another port if another program has taken the first. With `duringLoading`, the error `LOADING` of a server
    /// that loads its data counts as a reply.
    package func start(duringLoading: Bool = false) async throws {
        try await Waiting.run { try self.startBlocking(duringLoading) }
    }

    /// Kills the server, and starts it again on the same port, with its saved data if it is persistent.
    package func restart(duringLoading: Bool = false) async throws {
        kill()
        try await start(duringLoading: duringLoading)
    }

    /// Kills the server, without saving its data.
    package func kill() {
        // The process is freed outside the lock, because that waits for its end.
        let process = state.withLock { $0.process.take() }
        withExtendedLifetime(process) {}
    }

    /// Terminates the server cleanly, or kills it after a timeout.
    package func stop() {
        let process = state.withLock { $0.process.take() }
        process?.send(SIGCONT)
        process?.send(SIGTERM)
        _ = process?.waitForEnd(within: .seconds(3))
    }

    /// Suspends the process: its connections stay open and it sends nothing, like a hanging host.
    package func pause() { state.withLock { $0.process?.send(SIGSTOP) } }

    /// Resumes the process.
    package func resume() { state.withLock { $0.process?.send(SIGCONT) } }

    /// Sends a command on a separate connection, and returns the text of the reply.
    ///
    /// - Throws: ``TestSupportError`` with the text of an error reply.
    @discardableResult
    package func command(_ words: String...) async throws -> String {
        let reply = try await reply(to: words)
        if case .error(let text) = reply { throw TestSupportError(text) }
        return reply.description
    }

    /// Returns the reply to a command, which may be an error.
    package func reply(to words: [String], database: Int = 0, timeout: Duration = .seconds(30)) async throws
        -> RESPValue
    {
        try await Waiting.run {
            let connection = try self.connect(timeout: timeout)
            if database != 0 { _ = try connection.send(["SELECT", String(database)]) }
            return try connection.send(words)
        }
    }

    /// Saves the data to a file, and waits for the end.
    package func saveNow() async throws { try await command("SAVE") }

    /// Closes the connection of the watchdog, as the end of this process does.
    package func disconnectWatchdog() { state.withLock { $0.process?.disconnectWatchdog() } }

    private var credentials: String { options.password.map { ":\($0)@" } ?? "" }

    /// Returns an authenticated connection through the Unix domain socket.
    private func connect(timeout: Duration) throws -> RESPConnection {
        let connection = try RESPConnection(to: .path(socketPath), timeout: timeout)
        if let password = options.password { _ = try connection.send(["AUTH", password]) }
        return connection
    }

    private func startBlocking(_ duringLoading: Bool) throws {
        guard !isRunning else { throw TestSupportError("the server runs already") }
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
        try Waiting.blockUntil(within: .seconds(60), "the server's answer; its log: \(log)") {
            guard process.isRunning else { throw TestSupportError("the server ended: \(log)") }
            guard let reply = try? connect(timeout: .seconds(1)).send(["PING"]) else { return false }
            if case .error(let text) = reply, text.hasPrefix("LOADING") { return duringLoading }
            return true
        }
    }
}
