// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// An `SSL_CTX`: protocol versions, certificate authorities, and the certificate of this client.
///
/// Each attempt to connect creates one and reads the files again, so that the next connection uses a renewed certificate
/// without a restart.
final class OpenSSLContext {
    let object: OpaquePointer
    private let library: OpenSSLLibrary

    /// - Throws: ``RedisError/tls(_:)`` with the file that cannot be used, and the reason.
    init(_ library: OpenSSLLibrary, _ settings: TLSSettings) throws(RedisError) {
        self.library = library
        library.clearErrors()
        guard let object = library.newContext(library.clientMethod()) else {
            throw .tls("OpenSSL cannot be used: \(OpenSSLErrorQueue(library).text)")
        }
        self.object = object
        // SSL_CTRL_SET_MIN_PROTO_VERSION, TLS1_2_VERSION
        guard library.controlContext(object, 123, 0x0303, nil) == 1 else {
            throw .tls("OpenSSL does not know TLS 1.2: \(OpenSSLErrorQueue(library).text)")
        }
        // SSL_OP_NO_RENEGOTIATION, SSL_OP_NO_COMPRESSION
        _ = library.setContextOptions(object, 1 << 30 | 1 << 17)
        // SSL_VERIFY_PEER
        library.setVerify(object, 1, nil)
        // By default, OpenSSL asks for a passphrase on the terminal.
        library.setPassphrase(object) { _, _, _, _ in -1 }
        try loadAuthorities(settings.authorityFile)
        try loadCertificate(settings)
    }

    deinit { library.freeContext(object) }

    private func loadAuthorities(_ file: String?) throws(RedisError) {
        guard let file else {
            guard library.loadSystemAuthorities(object) == 1 else {
                throw .tls("the authorities of the system cannot be used: \(OpenSSLErrorQueue(library).text)")
            }
            return
        }
        try check(file, "authorities")
        guard library.loadAuthorities(object, file, nil) == 1 else {
            throw .tls("the authorities in \(file) cannot be used: \(OpenSSLErrorQueue(library).text)")
        }
    }

    private func loadCertificate(_ settings: TLSSettings) throws(RedisError) {
        guard let certificate = settings.certificateFile else {
            if let key = settings.keyFile {
                throw .tls("there is the key of a client certificate in \(key), but no certificate")
            }
            return
        }
        // A file may contain both the certificate and the key.
        let key = settings.keyFile ?? certificate
        try check(certificate, "client certificate")
        try check(key, "key")
        guard library.useCertificateChain(object, certificate) == 1 else {
            throw .tls("the client certificate in \(certificate) cannot be used: \(OpenSSLErrorQueue(library).text)")
        }
        // SSL_FILETYPE_PEM
        guard library.useKey(object, key, 1) == 1, library.checkKey(object) == 1 else {
            let reason = OpenSSLErrorQueue(library).text
            throw reason.contains("mismatch")
                ? .tls("the key in \(key) does not match the client certificate in \(certificate): \(reason)")
                : .tls("the key in \(key) cannot be used: \(reason); it must be in PEM, without a passphrase")
        }
    }

    /// Checks that a file can be read: the errors of the system are clearer than those of OpenSSL, and OpenSSL would
    /// block permanently on a named pipe.
    private func check(_ file: String, _ content: String) throws(RedisError) {
        guard !file.utf8.contains(0) else { throw .tls("the path of the \(content) contains a zero byte") }
        let descriptor = open(file, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw .tls("the \(content) in \(file) cannot be read: \(SystemError.current)") }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw .tls("the \(content) in \(file) cannot be read: it is not a regular file")
        }
    }
}
