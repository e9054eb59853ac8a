// SPDX-License-Identifier: Apache-2.0

/// A connection of a ``ScriptedServer``, for its thread; all waits end when the server stops.
struct ScriptedConnection {
    /// The way in which a connection ends.
    enum End: Error {
        case close
        case reset
    }

    let socket: Int32
    let stop: Int32

    mutating func play(_ reply: ScriptedServer.Reply) throws {
        switch reply {
        case .none: break
        case .bytes(let bytes): try write(bytes)
        case .pieces(let pieces, let pause):
            for (number, piece) in pieces.enumerated() {
                if number > 0 { try self.pause(pause) }
                try write(piece)
            }
        case .after(let duration, let reply):
            try pause(duration)
            try play(reply)
        case .close(let bytes):
            try write(bytes)
            throw End.close
        case .reset(let bytes):
            try write(bytes)
            throw End.reset
        }
    }

    /// Reads one or more bytes.
    func read() throws -> [UInt8] {
        while true {
            switch Sockets.receive(socket) {
            case .bytes(let bytes): return bytes
            case .end, .failed: throw End.close
            case .nothingYet: try wait(reading: true)
            }
        }
    }

    private func write(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            switch Sockets.send(socket, rest) {
            case .count(let count): rest = rest.dropFirst(count)
            case .nothingYet: try wait(writing: true)
            case .failed: throw End.close
            }
        }
    }

    private func wait(reading: Bool = false, writing: Bool = false) throws {
        var pollSet = PollSet()
        pollSet.add(stop, reading: true)
        pollSet.add(socket, reading: reading, writing: writing)
        pollSet.wait(.seconds(60))
        if pollSet.isReadable(stop) || pollSet.isBroken(stop) { throw End.close }
    }

    private func pause(_ duration: Duration) throws {
        let deadline = ContinuousClock.now + duration
        while true {
            let left = deadline - ContinuousClock.now
            guard left > .zero else { return }
            var pollSet = PollSet()
            pollSet.add(stop, reading: true)
            pollSet.wait(left)
            if pollSet.isReadable(stop) || pollSet.isBroken(stop) { throw End.close }
        }
    }
}
