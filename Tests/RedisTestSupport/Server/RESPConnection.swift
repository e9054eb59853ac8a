// SPDX-License-Identifier: Apache-2.0

/// A blocking connection to a server that is independent of the client under test.
///
/// Tests call it in ``Waiting/run(_:)``.
package final class RESPConnection {
    private let descriptor: Int32
    private var reader = RESPReader()

    /// The timeout of a call.
    package var timeout: Duration

    /// Connects to a server.
    package init(to endpoint: Endpoint, timeout: Duration = .seconds(30)) throws {
        descriptor = try Sockets.connect(to: endpoint)
        self.timeout = timeout
    }

    deinit { Sockets.close(descriptor) }

    /// Sends a command and reads one reply.
    package func send(_ words: [String]) throws -> RESPValue {
        try write(RESPValue.command(words))
        return try read()
    }

    /// Sends bytes without a change.
    package func write(_ bytes: [UInt8]) throws {
        let deadline = ContinuousClock.now + timeout
        var rest = bytes[...]
        while !rest.isEmpty {
            switch Sockets.send(descriptor, rest) {
            case .count(let count): rest = rest.dropFirst(count)
            case .nothingYet: try wait(until: deadline, writing: true)
            case .failed: throw TestSupportError("a write to the connection failed: \(Platform.lastError)")
            }
        }
    }

    /// Reads the next value.
    package func read() throws -> RESPValue {
        let deadline = ContinuousClock.now + timeout
        while true {
            if let value = try reader.next() { return value }
            do {
                try reader.append(try readBytes(until: deadline))
            } catch is End {
                throw TestSupportError("the server closed the connection")
            }
        }
    }

    /// Reads one or more bytes; none at the end of the connection.
    package func readBytes() throws -> [UInt8] {
        do {
            return try readBytes(until: ContinuousClock.now + timeout)
        } catch is End {
            return []
        }
    }

    /// Shuts the connection down for writing.
    package func endWriting() { Sockets.endWriting(descriptor) }

    private struct End: Error {}

    private func readBytes(until deadline: ContinuousClock.Instant) throws -> [UInt8] {
        while true {
            switch Sockets.receive(descriptor) {
            case .bytes(let bytes): return bytes
            case .nothingYet: try wait(until: deadline, writing: false)
            case .end: throw End()
            case .failed: throw TestSupportError("a read from the connection failed: \(Platform.lastError)")
            }
        }
    }

    private func wait(until deadline: ContinuousClock.Instant, writing: Bool) throws {
        let left = deadline - ContinuousClock.now
        guard left > .zero else { throw TestSupportError("the server sent nothing for \(timeout)") }
        var pollSet = PollSet()
        pollSet.add(descriptor, reading: !writing, writing: writing)
        pollSet.wait(left)
    }
}
