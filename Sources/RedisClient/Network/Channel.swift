// SPDX-License-Identifier: Apache-2.0

/// A stream of bytes to a server, plain or encrypted. Only the thread that made it uses it.
protocol Channel: AnyObject {
    /// The socket to wait for.
    var socket: Socket { get }

    /// Whether to wait until the socket takes bytes, although none of the caller's wait.
    var wantsToWrite: Bool { get }

    /// Reads what there is; call it until there is nothing, because what was decrypted shows at no socket.
    ///
    /// - Throws: ``RedisError/connectionLost(_:mayHaveRun:)`` at the end of the stream, or ``RedisError/tls(_:)``.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(RedisError) -> Socket.Outcome

    /// Writes as much as there is room for.
    func write(_ bytes: UnsafeRawBufferPointer) throws(RedisError) -> Socket.Outcome

    /// Sends what an earlier call could not send.
    func flush() throws(RedisError)
}

/// A stream that is not encrypted.
final class PlainChannel: Channel {
    let socket: Socket

    init(_ socket: Socket) { self.socket = socket }

    var wantsToWrite: Bool { false }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(RedisError) -> Socket.Outcome {
        try socket.read(into: buffer)
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws(RedisError) -> Socket.Outcome {
        try socket.write(bytes)
    }

    func flush() {}
}
