// SPDX-License-Identifier: Apache-2.0

/// The TLS state of a connection, which works on bytes in memory and has no socket.
///
/// Only the thread that created it may use it.
package protocol TLSSession: AnyObject {
    /// Continues the handshake as far as possible.
    ///
    /// - Returns: Whether it is complete. If not, the caller sends the outgoing bytes, and calls again after it has
    ///   received more.
    /// - Throws: ``RedisError/tls(_:)`` with the reason when the handshake fails.
    func handshake() throws(RedisError) -> Bool

    /// Adds encrypted bytes that were received.
    ///
    /// - Throws: ``RedisError/tls(_:)`` when they are not TLS.
    func receive(_ encrypted: UnsafeRawBufferPointer) throws(RedisError)

    /// Decrypts bytes into a buffer, usually those of one record.
    ///
    /// - Returns: The number of bytes; nil when more bytes must be received first.
    /// - Throws: ``RedisError/connectionLost(_:mayHaveRun:)`` when the peer has closed the session.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(RedisError) -> Int?

    /// Encrypts bytes and adds them to the outgoing ones.
    func write(_ bytes: UnsafeRawBufferPointer) throws(RedisError)

    /// Adds the alert that closes the session to the outgoing bytes.
    func close()

    /// Whether there are encrypted bytes to send.
    var hasOutgoing: Bool { get }

    /// Moves outgoing bytes into a buffer, and returns their number.
    func takeOutgoing(into buffer: UnsafeMutableRawBufferPointer) -> Int
}
