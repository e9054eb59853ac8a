// SPDX-License-Identifier: Apache-2.0

internal import RedisClient

/// A server, and how to talk to it.
public struct RedisConfiguration: Sendable {
    var settings: RedisSettings

    /// The format of entries.
    public var format = RedisFormat.envelope

    /// The largest size of an entry, in bytes; larger ones are not stored.
    ///
    /// One connection carries everything: while it is busy with a large entry, all others wait.
    public var maximumEntrySize = 16 << 20

    /// The server on this machine, at the usual port.
    public init() { settings = RedisSettings() }

    /// Creates a configuration from an address.
    ///
    /// - Parameter url: The address: `redis://user:password@host:port/database`, `rediss://` for encryption, or
    ///   `redis+unix:///path?db=1`; `valkey://` and `valkeys://` mean the same. Reserved characters in the user, the
    ///   password and the path are percent-encoded.
    /// - Throws: ``RedisConfigurationError`` with what is wrong, without the user and the password.
    public init(url: String) throws {
        do throws(RedisURLError) { settings = try RedisSettings(url: url) } catch {
            throw RedisConfigurationError(description: error.description)
        }
    }

    /// The user; nil is the default user of the server.
    public var username: String? {
        get { settings.username }
        set { settings.username = newValue }
    }

    /// The password; nil logs nobody in.
    public var password: String? {
        get { settings.password }
        set { settings.password = newValue }
    }

    /// The number of the database.
    public var database: Int {
        get { settings.database }
        set { settings.database = newValue }
    }

    /// The time to find the host, to connect, to encrypt and to log in, all together.
    public var connectTimeout: Duration {
        get { settings.connectTimeout }
        set { settings.connectTimeout = newValue }
    }

    /// The time that an operation has.
    public var timeout: Duration {
        get { settings.timeout }
        set {
            settings.timeout = newValue
            // A server that owes replies for that much longer than they may take is not there any more.
            settings.livenessTimeout = newValue * 3
        }
    }

    /// The time after which a connection that nobody uses is tried.
    public var healthCheckInterval: Duration {
        get { settings.idleInterval }
        set { settings.idleInterval = newValue }
    }

    /// The number of operations that may wait for the server; more fail at once.
    public var maximumPending: Int {
        get { settings.maximumPending }
        set { settings.maximumPending = newValue }
    }

    /// The name of the connection in the server's list of clients; nil gives none.
    public var clientName: String? {
        get { settings.clientName }
        set { settings.clientName = newValue }
    }

    /// Whether the connection is encrypted, by the OpenSSL of the system.
    ///
    /// The certificate of the server is always verified, with its host name.
    public var usesTLS: Bool {
        get { settings.tls != nil }
        set { settings.tls = newValue ? settings.tls ?? TLSSettings() : nil }
    }

    /// A file in PEM with the certificates of the authorities to trust; nil trusts those of the system.
    public var authorityFile: String? {
        get { settings.tls?.authorityFile }
        set { modify(\.authorityFile, newValue) }
    }

    /// A file in PEM with the certificate that this client shows to the server.
    public var certificateFile: String? {
        get { settings.tls?.certificateFile }
        set { modify(\.certificateFile, newValue) }
    }

    /// A file in PEM with the private key of ``certificateFile``.
    public var keyFile: String? {
        get { settings.tls?.keyFile }
        set { modify(\.keyFile, newValue) }
    }

    private mutating func modify(_ file: WritableKeyPath<TLSSettings, String?>, _ value: String?) {
        // A file asks for encryption; that there is none asks for nothing.
        guard value != nil || settings.tls != nil else { return }
        settings.tls = settings.tls ?? TLSSettings()
        settings.tls?[keyPath: file] = value
    }
}

extension RedisConfiguration: CustomStringConvertible, CustomReflectable {
    /// The place of the server and the database; no secret.
    public var description: String { "RedisConfiguration(\(settings))" }

    /// A mirror without children, so that `dump` shows no secret.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// A mistake in a configuration; its text shows no secret.
public struct RedisConfigurationError: Error, Sendable, CustomStringConvertible {
    /// A description of what is wrong, and of what is accepted.
    public let description: String
}
