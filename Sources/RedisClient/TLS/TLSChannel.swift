// SPDX-License-Identifier: Apache-2.0

/// A channel that encrypts and decrypts the bytes of a socket.
package final class TLSChannel: Channel {
    package let socket: Socket
    private let session: any TLSSession
    /// The end of the stream, or an error, which is reported after the bytes before it were read.
    private var end: RedisError?
    package private(set) var mayHaveBufferedInput = false
    /// Whether any byte was received.
    private(set) var hasReceived = false
    private let incoming = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 16)
    /// A buffer of encrypted bytes for the socket.
    private let outgoing = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 16)
    /// The part of `outgoing` that was not sent.
    private var unsent = 0..<0

    /// The maximum number of bytes that are encrypted at a time, which bounds the unsent bytes.
    private static let maximumOutgoing = 262_144

    /// The maximum number of reads of the socket in a call: a server can send endless records that decrypt to nothing.
    private static let maximumReads = 16

    package init(_ socket: Socket, _ session: any TLSSession) {
        self.socket = socket
        self.session = session
    }

    deinit {
        incoming.deallocate()
        outgoing.deallocate()
    }

    package var wantsToWrite: Bool { !unsent.isEmpty || session.hasOutgoing }

    /// Continues the handshake, and returns whether it is complete.
    package func handshake() throws(RedisError) -> Bool {
        receive()
        let isComplete: Bool
        do throws(RedisError) {
            isComplete = try session.handshake()
        } catch {
            // Sends the alert that tells the peer the reason.
            try? flush()
            throw error
        }
        if !isComplete, let end { throw end }
        try flush()
        return isComplete
    }

    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(RedisError) -> Socket.Outcome {
        var count = 0
        var reads = 0
        // A session decrypts one record at a time, and the socket is not readable for the records that remain.
        while count < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
            do throws(RedisError) {
                if let more = try session.read(into: rest) {
                    count += more
                    continue
                }
            } catch {
                // It replaces the end of the socket: an alert explains why the connection ended.
                end = error
                break
            }
            guard reads < Self.maximumReads, receive() else { break }
            reads += 1
        }
        mayHaveBufferedInput = count > 0 && (count == buffer.count || end != nil)
        if count > 0 { return .bytes(count) }
        if let end { throw end }
        return .none
    }

    package func write(_ bytes: UnsafeRawBufferPointer) throws(RedisError) -> Socket.Outcome {
        try flush()
        guard !wantsToWrite else { return .none }
        let part = UnsafeRawBufferPointer(rebasing: bytes.prefix(Self.maximumOutgoing))
        try session.write(part)
        try flush()
        return .bytes(part.count)
    }

    package func flush() throws(RedisError) {
        while true {
            if unsent.isEmpty {
                guard session.hasOutgoing else { return }
                unsent = 0..<session.takeOutgoing(into: outgoing)
            }
            let rest = UnsafeRawBufferPointer(rebasing: outgoing[unsent])
            guard case .bytes(let count) = try socket.write(rest) else { return }
            unsent = (unsent.lowerBound + count)..<unsent.upperBound
        }
    }

    package func close() {
        guard end == nil else { return }
        session.close()
        try? flush()
    }

    /// Passes received bytes to the session, and returns whether there were any.
    @discardableResult
    private func receive() -> Bool {
        guard end == nil else { return false }
        do throws(RedisError) {
            guard case .bytes(let count) = try socket.read(into: incoming) else { return false }
            hasReceived = true
            try session.receive(UnsafeRawBufferPointer(rebasing: incoming[..<count]))
            return true
        } catch {
            end = error
            return false
        }
    }
}
