// SPDX-License-Identifier: Apache-2.0

/// A stream of bytes to a server, plain or encrypted.
///
/// Only the thread that created it may use it.
package protocol Channel: AnyObject {
    /// The socket to wait for.
    var socket: Socket { get }

    /// Whether the channel itself has bytes to write, so that the caller must wait for a writable socket.
    var wantsToWrite: Bool { get }

    /// Whether there may be more to read although the socket is not readable.
    var mayHaveBufferedInput: Bool { get }

    /// Reads available bytes, until the buffer is full.
    ///
    /// - Throws: ``RedisError/connectionLost(_:mayHaveRun:)`` at the end of the stream, or ``RedisError/tls(_:)``.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(RedisError) -> Socket.Outcome

    /// Writes as many bytes as can be written without blocking.
    func write(_ bytes: UnsafeRawBufferPointer) throws(RedisError) -> Socket.Outcome

    /// Sends bytes that an earlier call could not send.
    func flush() throws(RedisError)

    /// Tells the server that no more bytes will follow, if that is possible without blocking.
    func close()
}

/// A channel that is not encrypted.
final class PlainChannel: Channel {
    let socket: Socket

    init(_ socket: Socket) { self.socket = socket }

    var wantsToWrite: Bool { false }

    var mayHaveBufferedInput: Bool { false }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(RedisError) -> Socket.Outcome {
        try socket.read(into: buffer)
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws(RedisError) -> Socket.Outcome {
        try socket.write(bytes)
    }

    func flush() {}

    /// Does nothing: closing the socket is enough.
    func close() {}
}
