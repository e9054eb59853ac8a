// SPDX-License-Identifier: Apache-2.0

/// A stream that is encrypted on its way to the socket.
final class TLSChannel: Channel {
    let socket: Socket
    private let session: any TLSSession
    private var outgoing: [UInt8] = []
    private var sent = 0
    /// The end of the stream, or an error, that shows when what arrived before it was read.
    private var end: RedisError?
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 32_768, alignment: 16)

    /// The number of encrypted bytes that may wait for the socket.
    private static let maximumOutgoing = 262_144

    init(_ socket: Socket, _ session: any TLSSession) {
        self.socket = socket
        self.session = session
    }

    deinit { buffer.deallocate() }

    var wantsToWrite: Bool { sent < outgoing.count }

    /// Goes on with the handshake; returns whether it is complete.
    func handshake() throws(RedisError) -> Bool {
        try receive()
        let isComplete: Bool
        do throws(RedisError) {
            isComplete = try session.handshake()
        } catch {
            // The peer may want to know why.
            try? flush()
            throw error
        }
        try flush()
        if !isComplete, let end { throw end }
        return isComplete
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(RedisError) -> Socket.Outcome {
        if let count = try session.read(into: buffer) { return .bytes(count) }
        try receive()
        if let count = try session.read(into: buffer) { return .bytes(count) }
        // A key update wants an answer.
        try flush()
        if let end { throw end }
        return .none
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws(RedisError) -> Socket.Outcome {
        try flush()
        guard outgoing.count - sent < Self.maximumOutgoing else { return .none }
        let part = UnsafeRawBufferPointer(rebasing: bytes.prefix(Self.maximumOutgoing))
        try session.write(part)
        try flush()
        return .bytes(part.count)
    }

    func flush() throws(RedisError) {
        let more = session.takeOutgoing()
        if !more.isEmpty {
            if sent == outgoing.count {
                outgoing = more
                sent = 0
            } else {
                outgoing.append(contentsOf: more)
            }
        }
        while sent < outgoing.count {
            let (start, outgoing) = (sent, outgoing)
            let outcome: Result<Socket.Outcome, RedisError> = outgoing.withUnsafeBytes { bytes in
                let rest = UnsafeRawBufferPointer(rebasing: bytes[start...])
                do throws(RedisError) { return .success(try socket.write(rest)) } catch { return .failure(error) }
            }
            guard case .bytes(let count) = try outcome.get() else { return }
            sent += count
        }
        outgoing = []
        sent = 0
    }

    /// Hands what has arrived to the session.
    private func receive() throws(RedisError) {
        guard end == nil else { return }
        do throws(RedisError) {
            guard case .bytes(let count) = try socket.read(into: buffer) else { return }
            try session.receive(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        } catch {
            end = error
        }
    }
}
