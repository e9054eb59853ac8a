// SPDX-License-Identifier: Apache-2.0

/// One side of an encrypted conversation, between bytes in memory: it touches no socket.
///
/// Only the thread that made it uses it.
package protocol TLSSession: AnyObject {
    /// Goes on with the handshake as far as it can.
    ///
    /// - Returns: Whether it is complete. If not, send what is outgoing, and come back with more of the peer's bytes.
    /// - Throws: ``RedisError/tls(_:)`` when it fails: the text says what was wrong with whose certificate.
    func handshake() throws(RedisError) -> Bool

    /// Takes encrypted bytes that arrived.
    ///
    /// - Throws: ``RedisError/tls(_:)`` when they are none.
    func receive(_ encrypted: UnsafeRawBufferPointer) throws(RedisError)

    /// Decrypts into a buffer; as a rule not all that could be decrypted.
    ///
    /// - Returns: The number of bytes; nil when more has to arrive first.
    /// - Throws: ``RedisError/connectionLost(_:mayHaveRun:)`` when the peer has closed the conversation.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(RedisError) -> Int?

    /// Encrypts bytes, which then are outgoing.
    func write(_ bytes: UnsafeRawBufferPointer) throws(RedisError)

    /// Tells the peer that no more bytes will come; that is outgoing then.
    func close()

    /// Whether there are encrypted bytes to be sent.
    var hasOutgoing: Bool { get }

    /// Moves encrypted bytes that are to be sent into a buffer, and returns how many.
    func takeOutgoing(into buffer: UnsafeMutableRawBufferPointer) -> Int
}
