// SPDX-License-Identifier: Apache-2.0

internal import RedisClient

/// The configuration of a backend: the server, the credentials, the timeouts and the format.
///
/// ```swift
/// var configuration = try RedisConfiguration(url: "redis://127.0.0.1:6379/0")
/// configuration.timeout = .milliseconds(250)
/// let manager = CacheManager(backend: RedisBackend(configuration))
/// ```
public struct RedisConfiguration: Sendable {
    var settings: RedisSettings

    /// The format of entries.
    public var format = RedisFormat.envelope

    /// The maximum size of an entry, in bytes; larger entries are not stored.
    ///
    /// All entries share one connection: while it transfers a large one, all others wait.
    public var maximumEntrySize = 16 << 20

    /// Creates a configuration for the server on this machine at port 6379.
    public init() { settings = RedisSettings() }

    /// Creates a configuration from a URL.
    ///
    /// - Parameter url: The URL: `redis://user:password@host:port/database`, `rediss://` for encryption, or
    ///   `redis+unix:///path?db=1`; `valkey://` and `valkeys://` mean the same. Reserved characters in the user, the
    ///   password and the path are percent-encoded.
    /// - Throws: ``RedisConfigurationError`` with the mistake, without the user and the password.
    public init(url: String) throws {
        do throws(RedisURLError) { settings = try RedisSettings(url: url) } catch {
            throw RedisConfigurationError(description: error.description)
        }
    }

    /// The name of the user; nil for the default user of the server.
    public var username: String? {
        get { settings.username }
        set { settings.username = newValue }
    }

    /// The password; nil connects without authentication.
    public var password: String? {
        get { settings.password }
        set { settings.password = newValue }
    }

    /// The number of the database.
    public var database: Int {
        get { settings.database }
        set { settings.database = newValue }
    }

    /// The timeout of name resolution, connecting, the TLS handshake and authentication together.
    public var connectTimeout: Duration {
        get { settings.connectTimeout }
        set { settings.connectTimeout = newValue }
    }

    /// The timeout of an operation.
    ///
    /// A server that owes replies and sends nothing for three times as long is considered dead.
    public var timeout: Duration {
        get { settings.timeout }
        set {
            settings.timeout = newValue
            settings.livenessTimeout = newValue * 3
        }
    }

    /// The time after which an idle connection is checked; zero or less disables the check.
    public var healthCheckInterval: Duration {
        get { settings.idleInterval }
        set { settings.idleInterval = newValue }
    }

    /// The maximum number of operations that wait for the server; further ones fail immediately.
    public var maximumPending: Int {
        get { settings.maximumPending }
        set { settings.maximumPending = newValue }
    }

    /// The name of the connection in `CLIENT LIST` of the server; nil sets none.
    public var clientName: String? {
        get { settings.clientName }
        set { settings.clientName = newValue }
    }

    /// Whether the connection is encrypted with the OpenSSL of the system.
    ///
    /// The certificate of the server and its host name are always verified.
    public var usesTLS: Bool {
        get { settings.tls != nil }
        set { settings.tls = newValue ? settings.tls ?? TLSSettings() : nil }
    }

    /// A PEM file with the certificates of the trusted authorities; nil trusts those of the system.
    public var authorityFile: String? {
        get { settings.tls?.authorityFile }
        set { modify(\.authorityFile, newValue) }
    }

    /// A PEM file with the certificate of this client.
    public var certificateFile: String? {
        get { settings.tls?.certificateFile }
        set { modify(\.certificateFile, newValue) }
    }

    /// A PEM file with the private key of ``certificateFile``.
    public var keyFile: String? {
        get { settings.tls?.keyFile }
        set { modify(\.keyFile, newValue) }
    }

    private mutating func modify(_ file: WritableKeyPath<TLSSettings, String?>, _ value: String?) {
        // A file enables encryption, but nil does not.
        guard value != nil || settings.tls != nil else { return }
        settings.tls = settings.tls ?? TLSSettings()
        settings.tls?[keyPath: file] = value
    }
}

extension RedisConfiguration: CustomStringConvertible, CustomReflectable {
    /// The address of the server and the database, without secrets.
    public var description: String { "RedisConfiguration(\(settings))" }

    /// A mirror without children, so that `dump` shows no secret.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// A format of entries on the server.
#if hasAttribute(nonexhaustive)
    @nonexhaustive
#endif
public enum RedisFormat: String, Sendable, Hashable, CaseIterable {
    /// The envelope of this library with values in JSON, which supports all features of a cache.
    case envelope

    /// The envelope with values in CBOR, which is smaller and faster than JSON.
    case cbor

    /// The value as plain JSON, for programs in other languages that read and write the same keys.
    ///
    /// It supports neither tags nor stale values, and clearing the cache scans all of its keys.
    case json
}

/// A mistake in a configuration; the description contains no secrets.
public struct RedisConfigurationError: Error, Sendable, CustomStringConvertible {
    /// A description of the mistake and of accepted values.
    public let description: String
}
