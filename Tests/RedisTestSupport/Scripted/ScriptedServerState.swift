// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The state that the threads of a ``ScriptedServer`` share, which do not retain the server.
final class ScriptedServerState: Sendable {
    private struct State {
        var sockets: [Int: Int32] = [:]
        var commands: [[[String]]] = []
        var allCommands: [[String]] = []
        var malformed: [String] = []
        var threads: [SystemThread] = []
        var isStopping = false
    }

    private let handler: ScriptedServer.Handler
    private let greeting: @Sendable (Int) -> ScriptedServer.Reply
    private let state = Mutex(State())

    init(handler: @escaping ScriptedServer.Handler, greeting: @escaping @Sendable (Int) -> ScriptedServer.Reply) {
        self.handler = handler
        self.greeting = greeting
    }

    var connections: Int { state.withLock(\.commands.count) }
    var commands: [[[String]]] { state.withLock(\.commands) }
    var allCommands: [[String]] { state.withLock(\.allCommands) }
    var malformed: [String] { state.withLock(\.malformed) }

    func add(_ thread: SystemThread) { state.withLock { $0.threads.append(thread) } }

    /// Marks the server as stopping, and returns whether this was the first call.
    func beginStop() -> Bool {
        state.withLock { state in
            defer { state.isStopping = true }
            return !state.isStopping
        }
    }

    func join() {
        // The accepting thread comes first, and may add threads until it has ended.
        while let thread = state.withLock({ $0.threads.isEmpty ? nil : $0.threads.removeFirst() }) { thread.join() }
    }

    func push(_ bytes: [UInt8], to number: Int) -> Bool {
        // Under the lock, so that the descriptor is not closed and reused.
        state.withLock { state in
            guard let socket = state.sockets[number] else { return false }
            guard case .count(let count) = Sockets.send(socket, bytes[...]) else { return false }
            return count == bytes.count
        }
    }

    func accept(_ listener: Int32, stop: Int32) {
        while true {
            var pollSet = PollSet()
            pollSet.add(stop, reading: true)
            pollSet.add(listener, reading: true)
            pollSet.wait(.seconds(60))
            if pollSet.isReadable(stop) || pollSet.isBroken(stop) { return }
            guard pollSet.isReadable(listener), let socket = Sockets.accept(listener) else { continue }
            let number = state.withLock { state in
                state.commands.append([])
                state.sockets[state.commands.count] = socket
                return state.commands.count
            }
            do {
                add(try SystemThread { [self] in serve(socket, number, stop: stop) })
            } catch {
                close(socket, number, isReset: true)
            }
        }
    }

    private func serve(_ socket: Int32, _ number: Int, stop: Int32) {
        var connection = ScriptedConnection(socket: socket, stop: stop)
        var reader = RESPReader()
        do {
            try connection.play(greeting(number))
            while true {
                while let value = try reader.next() {
                    let command = try words(value)
                    state.withLock { state in
                        state.commands[number - 1].append(command)
                        state.allCommands.append(command)
                    }
                    try connection.play(handler(command, number))
                }
                try reader.append(try connection.read())
            }
        } catch let end as ScriptedConnection.End {
            close(socket, number, isReset: end == .reset)
        } catch {
            state.withLock { $0.malformed.append("connection \(number): \(error)") }
            close(socket, number, isReset: false)
        }
    }

    private func words(_ value: RESPValue) throws -> [String] {
        guard case .array(let values) = value else { throw TestSupportError("not a command: \(value)") }
        return try values.map { value in
            guard case .bulk(let bytes) = value else { throw TestSupportError("not a word of a command: \(value)") }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    private func close(_ socket: Int32, _ number: Int, isReset: Bool) {
        state.withLock { state in
            state.sockets[number] = nil
            if isReset { Sockets.reset(socket) } else { Sockets.close(socket) }
        }
    }
}
