// SPDX-License-Identifier: Apache-2.0

/// The options of a test server.
package struct ServerOptions: Sendable {
    /// The password of the default user, `--requirepass`.
    package var password: String?

    /// Whether a restarted server loads the data that ``RedisServer/saveNow()`` has saved.
    package var persistent: Bool

    /// The certificates of a second port with TLS; nil for none.
    package var tls: TestCertificates?

    /// The certificate of the server; nil for that of ``tls``.
    package var serverCertificate: TestCertificates.Pair?

    /// Whether the TLS port requires a client certificate.
    package var requiresClientCertificate: Bool

    /// Further arguments of the server, such as `["--maxmemory", "1mb"]`.
    package var arguments: [String]

    package init(
        password: String? = nil,
        persistent: Bool = false,
        tls: TestCertificates? = nil,
        serverCertificate: TestCertificates.Pair? = nil,
        requiresClientCertificate: Bool = false,
        arguments: [String] = []
    ) {
        self.password = password
        self.persistent = persistent
        self.tls = tls
        self.serverCertificate = serverCertificate
        self.requiresClientCertificate = requiresClientCertificate
        self.arguments = arguments
    }

    /// Returns the arguments of the server.
    func words(port: Int, tlsPort: Int?, socketPath: String, directory: String) -> [String] {
        var words = ["--port", String(port), "--bind", "127.0.0.1", "--unixsocket", socketPath, "--dir", directory]
        words += ["--save", "", "--appendonly", "no", "--daemonize", "no"]
        if let password { words += ["--requirepass", password] }
        if let tls, let tlsPort {
            let pair = serverCertificate ?? tls.server
            words += ["--tls-port", String(tlsPort), "--tls-cert-file", pair.certificate, "--tls-key-file", pair.key]
            words += ["--tls-ca-cert-file", tls.authority.certificate]
            words += ["--tls-auth-clients", requiresClientCertificate ? "yes" : "optional"]
        }
        return words + arguments
    }
}
