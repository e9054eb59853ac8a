// SPDX-License-Identifier: Apache-2.0

package import Caching
internal import RedisClient

extension RedisConfiguration {
    /// Creates a configuration from the settings of a driver.
    ///
    /// - Throws: ``RedisConfigurationError`` when they contradict each other.
    package init(_ settings: DriverSettings) throws {
        if let url = settings.text("url") {
            try self.init(url: url)
            try complete(settings)
        } else {
            self.init()
            let host = settings.text("host") ?? "127.0.0.1"
            // Messages contain the host, and a text with a user or a path may be a URL with a password.
            guard !host.contains(where: { "@/".contains($0) }) else {
                throw RedisConfigurationError(
                    description:
                        "\"host\" must be a name or a numeric address without scheme, user and path (the value is "
                        + "not shown); use \"url\" for a whole address"
                )
            }
            self.settings.endpoint = .host(host, port: settings.integer("port") ?? 6379)
            database = settings.integer("db") ?? 0
            username = settings.text("username")
            password = settings.text("password")
            usesTLS = settings.boolean("tls") ?? false
        }
        try readFiles(settings)
        guard username == nil || password != nil else {
            throw RedisConfigurationError(description: "there is a \"username\", but no \"password\"")
        }
        if let timeout = settings.duration("timeout") { self.timeout = timeout }
        if let timeout = settings.duration("connect_timeout") { connectTimeout = timeout }
        if let interval = settings.duration("health_check_interval") { healthCheckInterval = interval }
        if let maximum = settings.integer("max_pending") { maximumPending = maximum }
        if let size = settings.bytes("max_entry_size") ?? settings.integer("max_entry_size") { maximumEntrySize = size }
        if let format = settings.text("format").flatMap(RedisFormat.init) { self.format = format }
    }

    /// Adds values that the URL does not contain from other settings.
    private mutating func complete(_ settings: DriverSettings) throws {
        if case .host(let host, let port) = self.settings.endpoint {
            try agree("host", settings.text("host"), host)
            try agree("port", settings.integer("port"), port)
        } else if settings.text("host") != nil || settings.integer("port") != nil {
            throw RedisConfigurationError(
                description: "\"url\" is the path of a socket, and contradicts \"host\" and \"port\"; leave them out"
            )
        }
        if database == 0 {
            database = settings.integer("db") ?? 0
        } else {
            try agree("db", settings.integer("db"), database)
        }
        if let own = username {
            guard settings.text("username") ?? own == own else {
                throw RedisConfigurationError(
                    description: "\"url\" and \"username\" have different users (not shown); leave one out"
                )
            }
        } else {
            username = settings.text("username")
        }
        if let own = password {
            guard settings.text("password") ?? own == own else {
                throw RedisConfigurationError(
                    description: "\"url\" and \"password\" have different passwords (not shown); leave one out"
                )
            }
        } else {
            password = settings.text("password")
        }
        if let tls = settings.boolean("tls") {
            // An address with rediss:// is never used without encryption.
            guard tls || !usesTLS else {
                throw RedisConfigurationError(
                    description: "\"url\" requires encryption, but \"tls\" is false; leave one out"
                )
            }
            usesTLS = tls
        }
    }

    private func agree<Value: Equatable>(_ name: String, _ given: Value?, _ own: Value) throws {
        guard let given, given != own else { return }
        throw RedisConfigurationError(
            description: "\"url\" and \"\(name)\" contradict each other: \(own) and \(given); leave one out"
        )
    }

    private mutating func readFiles(_ settings: DriverSettings) throws {
        let files = ["ca_file", "client_cert", "client_key"].filter { settings.text($0) != nil }
        guard let first = files.first else { return }
        guard usesTLS else {
            throw RedisConfigurationError(
                description: "there is a \"\(first)\", but the connection is not encrypted; use rediss:// or \"tls\""
            )
        }
        guard (settings.text("client_cert") == nil) == (settings.text("client_key") == nil) else {
            throw RedisConfigurationError(description: "\"client_cert\" and \"client_key\" must be set together")
        }
        authorityFile = settings.text("ca_file")
        certificateFile = settings.text("client_cert")
        keyFile = settings.text("client_key")
    }
}
