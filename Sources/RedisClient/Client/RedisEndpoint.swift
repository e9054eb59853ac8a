// SPDX-License-Identifier: Apache-2.0

/// The place where a server listens.
package enum RedisEndpoint: Sendable, Hashable, CustomStringConvertible {
    case host(String, port: Int)
    /// A socket in the file system.
    case path(String)

    package var description: String {
        switch self {
        case .host(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .path(let path): path
        }
    }
}

/// A server, and how to talk to it.
///
/// Two clients with equal settings may be one.
package struct RedisSettings: Sendable, Hashable {
    package var endpoint = RedisEndpoint.host("127.0.0.1", port: 6379)
    package var username: String?
    package var password: String?
    package var database = 0
    /// The name that `CLIENT LIST` shows; nil gives none.
    package var clientName: String? = "swift-caching"
    /// Nil talks in the clear.
    package var tls: TLSSettings?
    /// The time to find the host, to connect, to encrypt and to log in, all together.
    package var connectTimeout = Duration.seconds(2)
    /// The time that a command has, unless it says otherwise.
    package var timeout = Duration.milliseconds(500)
    /// The time after which a server that owes replies and sends nothing is given up.
    package var livenessTimeout = Duration.milliseconds(1500)
    /// The time after which a connection that nobody uses is tried.
    package var idleInterval = Duration.seconds(15)
    /// The number of commands that may wait for the server.
    package var maximumPending = 16_384
    /// The number of bytes that may wait to be sent.
    package var maximumPendingBytes = 64 << 20
    package var limits = RESPLimits()
    package var supervision = Supervisor.Settings()

    package init() {}
}

extension RedisSettings: CustomStringConvertible, CustomReflectable {
    /// The endpoint and the database; no secret.
    package var description: String { "\(endpoint), database \(database)" }

    package var customMirror: Mirror { Mirror(self, children: []) }
}
