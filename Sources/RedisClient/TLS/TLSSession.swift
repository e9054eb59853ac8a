// SPDX-License-Identifier: Apache-2.0

/// One side of an encrypted conversation, between bytes in memory: it touches no socket.
///
/// Only one thread uses it.
protocol TLSSession: AnyObject {
    /// Goes on with the handshake as far as it can.
    ///
    /// - Returns: Whether it is complete. If not, send ``takeOutgoing()``, and come back with more of the peer's bytes.
    /// - Throws: ``RedisError/tls(_:)`` when it fails: the text says what was wrong with whose certificate.
    func handshake() throws(RedisError) -> Bool

    /// Takes encrypted bytes that arrived.
    func receive(_ encrypted: UnsafeRawBufferPointer) throws(RedisError)

    /// Decrypts into a buffer.
    ///
    /// - Returns: The number of bytes; nil when more has to arrive first.
    /// - Throws: ``RedisError/connectionLost(_:mayHaveRun:)`` when the peer has closed the conversation.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(RedisError) -> Int?

    /// Encrypts bytes, which then are in ``takeOutgoing()``.
    func write(_ bytes: UnsafeRawBufferPointer) throws(RedisError)

    /// Takes the encrypted bytes that are to be sent.
    func takeOutgoing() -> [UInt8]
}

/// The settings of encryption.
package struct TLSSettings: Sendable, Hashable {
    /// A file with the certificates of the authorities to trust, in PEM; nil trusts those of the system.
    package var authorityFile: String?
    /// A file with the certificate of this client, in PEM.
    package var certificateFile: String?
    /// A file with its private key, in PEM.
    package var keyFile: String?

    package init(authorityFile: String? = nil, certificateFile: String? = nil, keyFile: String? = nil) {
        self.authorityFile = authorityFile
        self.certificateFile = certificateFile
        self.keyFile = keyFile
    }
}
