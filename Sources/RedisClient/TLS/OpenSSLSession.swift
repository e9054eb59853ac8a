// SPDX-License-Identifier: Apache-2.0

/// A TLS session that uses the OpenSSL of the system.
final class OpenSSLSession: TLSSession {
    private let library: OpenSSLLibrary
    private let object: OpaquePointer
    private let incoming: OpaquePointer
    private let outgoing: OpaquePointer
    private let messages: OpenSSLErrorMessages
    private var hasReceived = false

    /// The results of `SSL_get_error`.
    private enum Problem {
        static let wantsRead: Int32 = 2
        static let wantsWrite: Int32 = 3
        static let closed: Int32 = 6
    }

    /// Creates a session with a server that must have a certificate for a host.
    ///
    /// - Parameters:
    ///   - settings: The files with certificates and keys.
    ///   - host: The host that the certificate of the server must name.
    /// - Throws: ``RedisError/tls(_:)``.
    init(_ settings: TLSSettings, host: TLSHost) throws(RedisError) {
        library = try OpenSSLLibrary.shared.get()
        messages = OpenSSLErrorMessages(library, settings, host)
        let context = try OpenSSLContext(library, settings)
        guard let object = library.newConnection(context.object) else {
            throw .tls("OpenSSL cannot be used: \(OpenSSLErrorQueue(library).text)")
        }
        guard let incoming = library.newBuffer(library.memoryBuffer()) else {
            library.freeConnection(object)
            throw .tls("OpenSSL has no memory")
        }
        guard let outgoing = library.newBuffer(library.memoryBuffer()) else {
            _ = library.freeBuffer(incoming)
            library.freeConnection(object)
            throw .tls("OpenSSL has no memory")
        }
        (self.object, self.incoming, self.outgoing) = (object, incoming, outgoing)
        // The connection owns the buffers from here on.
        library.setBuffers(object, incoming, outgoing)
        library.setConnectState(object)
        try expect(host)
    }

    deinit { library.freeConnection(object) }

    private func expect(_ host: TLSHost) throws(RedisError) {
        let isSet: Bool
        switch host.kind {
        case .address:
            isSet = library.setAddress(library.verifyParameters(object), host.text) == 1
        case .name:
            // X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS: w*.example.com matches no host.
            library.setHostFlags(object, 0x4)
            let isVerified = library.setHost(object, host.text) == 1
            // SSL_CTRL_SET_TLSEXT_HOSTNAME: SNI, by which a server selects its certificate.
            let isSent = host.text.withCString { name in
                library.control(object, 55, 0, UnsafeMutableRawPointer(mutating: name)) == 1
            }
            isSet = isVerified && isSent
        }
        guard isSet else { throw .tls("the host \(host.text) cannot be verified: \(OpenSSLErrorQueue(library).text)") }
    }

    func handshake() throws(RedisError) -> Bool {
        library.clearErrors()
        let result = library.handshake(object)
        guard result != 1 else { return true }
        let problem = library.error(object, result)
        guard problem != Problem.wantsRead, problem != Problem.wantsWrite else { return false }
        guard problem != Problem.closed else { throw .tls("the server \(messages.host.text) ended the TLS handshake") }
        throw messages.handshake(verifyResult: library.verifyResult(object), OpenSSLErrorQueue(library))
    }

    func receive(_ encrypted: UnsafeRawBufferPointer) throws(RedisError) {
        guard let first = encrypted.first else { return }
        // The first record is a handshake or an alert. The errors of OpenSSL for other protocols are misleading.
        guard hasReceived || first == 22 || first == 21 else { throw messages.plainServer }
        hasReceived = true
        guard library.writeBuffer(incoming, encrypted.baseAddress, Int32(clamping: encrypted.count)) == encrypted.count
        else { throw .tls("OpenSSL has no memory for received bytes") }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(RedisError) -> Int? {
        library.clearErrors()
        let result = library.read(object, buffer.baseAddress, Int32(clamping: buffer.count))
        guard result <= 0 else { return Int(result) }
        switch library.error(object, result) {
        case Problem.wantsRead, Problem.wantsWrite: return nil
        case Problem.closed: throw .connectionLost("the server closed the connection", mayHaveRun: true)
        default: throw messages.established(OpenSSLErrorQueue(library))
        }
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws(RedisError) {
        guard !bytes.isEmpty else { return }
        library.clearErrors()
        // A memory buffer accepts any number of bytes, so a write is complete or has failed.
        let result = library.write(object, bytes.baseAddress, Int32(clamping: bytes.count))
        guard result != bytes.count else { return }
        throw messages.established(OpenSSLErrorQueue(library))
    }

    func close() {
        library.clearErrors()
        _ = library.shutdown(object)
        library.clearErrors()
    }

    // BIO_CTRL_PENDING
    var hasOutgoing: Bool { library.controlBuffer(outgoing, 10, 0, nil) > 0 }

    func takeOutgoing(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        max(0, Int(library.readBuffer(outgoing, buffer.baseAddress, Int32(clamping: buffer.count))))
    }
}
