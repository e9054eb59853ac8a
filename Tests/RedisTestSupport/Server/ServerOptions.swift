// SPDX-License-Identifier: Apache-2.0

/// The options of a server of a test.
package struct ServerOptions: Sendable {
    /// The password that a client must give, `--requirepass`.
    package var password: String?

    /// Keeps the data in a file, so that the server has it again after ``RedisServer/kill()`` and
    /// ``RedisServer/restart()``; ``RedisServer/saveNow()`` writes it.
    package var persistent: Bool

    /// Opens a second port that speaks TLS with the server certificate of these.
    package var tls: TestCertificates?

    /// Another certificate than `server` of ``tls``.
    package var serverCertificate: TestCertificates.Pair?

    /// Refuses clients on the TLS port that show no certificate.
    package var requiresClientCertificate: Bool

    /// Further words for the command line, such as `["--maxmemory", "1mb"]`.
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

    /// The command line of the server.
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
