// SPDX-License-Identifier: Apache-2.0

/// The address of a server.
package enum RedisEndpoint: Sendable, Hashable, CustomStringConvertible {
    case host(String, port: Int)
    /// The path of a Unix domain socket.
    case path(String)

    package var description: String {
        switch self {
        case .host(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .path(let path): path
        }
    }
}

/// The settings of a client: the server, the credentials, the timeouts and the limits.
///
/// Clients with equal settings are interchangeable.
package struct RedisSettings: Sendable, Hashable {
    package var endpoint = RedisEndpoint.host("127.0.0.1", port: 6379)
    package var username: String?
    package var password: String?
    package var database = 0
    /// The name of the connection in `CLIENT LIST`; nil sets none.
    package var clientName: String? = "swift-caching"
    /// The settings of encryption; nil does not encrypt.
    package var tls: TLSSettings?
    /// The timeout of name resolution, connecting, the TLS handshake and authentication together.
    package var connectTimeout = Duration.seconds(2)
    /// The timeout of a command that sets none of its own.
    package var timeout = Duration.milliseconds(500)
    /// The time without received bytes after which a connection with outstanding replies is closed.
    package var livenessTimeout = Duration.milliseconds(1500)
    /// The time after which an idle connection is checked with a `PING`; zero or less disables the check.
    package var idleInterval = Duration.seconds(15)
    /// The maximum number of commands without a reply.
    package var maximumPending = 16_384
    /// The maximum number of bytes that are queued to be sent.
    package var maximumPendingBytes = 64 << 20
    package var limits = RESPLimits()
    package var reconnectPolicy = ReconnectPolicy.Settings()

    package init() {}
}

extension RedisSettings: CustomStringConvertible, CustomReflectable {
    /// The endpoint and the database, without secrets.
    package var description: String { "\(endpoint), database \(database)" }

    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// The settings of encryption.
package struct TLSSettings: Sendable, Hashable {
    /// A PEM file with the certificates of the trusted authorities; nil trusts those of the system.
    package var authorityFile: String?
    /// A PEM file with the certificate of this client.
    package var certificateFile: String?
    /// A PEM file with the private key of the certificate.
    package var keyFile: String?

    package init(authorityFile: String? = nil, certificateFile: String? = nil, keyFile: String? = nil) {
        self.authorityFile = authorityFile
        self.certificateFile = certificateFile
        self.keyFile = keyFile
    }
}
