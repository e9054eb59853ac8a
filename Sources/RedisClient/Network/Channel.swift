// SPDX-License-Identifier: Apache-2.0

/// A stream of bytes to a server, plain or encrypted.
///
/// Only the thread that made it uses it.
package protocol Channel: AnyObject {
    /// The socket to wait for.
    var socket: Socket { get }

    /// Whether to wait until the socket takes bytes, although none of the caller's wait.
    var wantsToWrite: Bool { get }

    /// Whether more may be there to read than the socket shows.
    var mayHoldInput: Bool { get }

    /// Reads what there is, until the buffer is full.
    ///
    /// - Throws: ``RedisError/connectionLost(_:mayHaveRun:)`` at the end of the stream, or ``RedisError/tls(_:)``.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(RedisError) -> Socket.Outcome

    /// Writes as much as there is room for.
    func write(_ bytes: UnsafeRawBufferPointer) throws(RedisError) -> Socket.Outcome

    /// Sends what an earlier call could not send.
    func flush() throws(RedisError)

    /// Tells the server that no more will come, if that can be done without waiting.
    func close()
}

/// A stream that is not encrypted.
final class PlainChannel: Channel {
    let socket: Socket

    init(_ socket: Socket) { self.socket = socket }

    var wantsToWrite: Bool { false }

    var mayHoldInput: Bool { false }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(RedisError) -> Socket.Outcome {
        try socket.read(into: buffer)
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws(RedisError) -> Socket.Outcome {
        try socket.write(bytes)
    }

    func flush() {}

    /// The end of the socket says it.
    func close() {}
}
