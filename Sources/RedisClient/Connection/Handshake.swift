// SPDX-License-Identifier: Apache-2.0

/// The state machine of the handshake: protocol, authentication, client name and database.
///
/// Commands are not pipelined: a command after a failed `AUTH` could run as another user, or hide the reason.
package struct Handshake {
    /// The next step of the handshake.
    package enum Step: Sendable, Equatable {
        case send(RedisCommand)
        case ready(RedisServerInfo)
        case failed(RedisError)
    }

    private enum Phase {
        case hello
        /// `AUTH`, for servers before version 6 and users without the permission for `HELLO`.
        case authentication
        case name
        case library
        case version
        case database
        case check
    }

    private let username: String?
    private let password: String?
    private let database: Int
    private let clientName: String?
    private var phase = Phase.hello
    private var info = RedisServerInfo()

    package init(username: String?, password: String?, database: Int, clientName: String?) {
        self.username = username
        self.password = password
        self.database = database
        self.clientName = clientName
    }

    /// Returns the first command.
    package mutating func start() -> RedisCommand {
        phase = .hello
        var words: [RedisArgument] = ["HELLO", "3"]
        if let loginPassword { words += ["AUTH", .text(username ?? "default"), .text(loginPassword)] }
        return RedisCommand(words)
    }

    /// Returns the step after a reply.
    package mutating func receive(_ reply: RESPValue) -> Step {
        if case .error(let error) = reply { return receive(error) }
        switch phase {
        case .hello:
            info = RedisServerInfo(hello: reply)
            if let unsupportedReason = info.unsupportedReason { return .failed(.handshakeFailed(unsupportedReason)) }
            return next(after: .authentication)
        case .authentication, .name, .library, .version, .database, .check:
            return next(after: phase)
        }
    }

    private mutating func receive(_ error: RedisServerError) -> Step {
        switch phase {
        case .hello:
            // Servers before version 6 have no HELLO, and users may lack the permission for it.
            guard Self.isUnknown(error) || error.code == "NOPROTO" || error.code == "NOPERM" else { break }
            guard let loginPassword else { return next(after: .authentication) }
            phase = .authentication
            let user = username.map { [RedisArgument.text($0)] } ?? []
            return .send(RedisCommand(["AUTH"] + user + [.text(loginPassword)]))
        case .name, .library, .version:
            // These are informational; older servers do not know all of them.
            return next(after: phase)
        case .check where error.code == "NOPERM":
            return .ready(info)
        case .authentication, .database, .check: break
        }
        let shown = error.hiding(user: username, password: password)
        return .failed(.refused(shown, isCredential: Self.isCredential(error)))
    }

    /// The password for the authentication; nil for a connection without authentication.
    ///
    /// The password of a user without one is empty: otherwise the client would silently work as the default user.
    private var loginPassword: String? { password ?? username.map { _ in "" } }

    private mutating func next(after done: Phase) -> Step {
        switch done {
        case .hello, .authentication:
            phase = .name
            guard let clientName else { return next(after: .name) }
            return .send(RedisCommand("CLIENT", "SETNAME", .text(clientName)))
        case .name:
            phase = .library
            return .send(RedisCommand("CLIENT", "SETINFO", "LIB-NAME", "swift-caching"))
        case .library:
            phase = .version
            return .send(RedisCommand("CLIENT", "SETINFO", "LIB-VER", "1"))
        case .version:
            phase = .database
            guard database != 0 else { return next(after: .database) }
            return .send(RedisCommand("SELECT", .integer(Int64(database))))
        case .database:
            // HELLO succeeds while the server loads its data, and before an authentication.
            phase = .check
            return .send(RedisCommand("PING"))
        case .check:
            return .ready(info)
        }
    }

    private static func isUnknown(_ error: RedisServerError) -> Bool {
        error.code == "ERR" && error.description.lowercased().contains("unknown command")
    }

    private static func isCredential(_ error: RedisServerError) -> Bool {
        ["WRONGPASS", "NOAUTH"].contains(error.code)
            || (error.code == "ERR" && error.description.contains("AUTH"))
            || error.description.contains("invalid password")
    }
}

/// The information about a server in its reply to `HELLO`.
package struct RedisServerInfo: Sendable, Hashable {
    /// The name of the product, `redis` or `valkey`; nil if unknown.
    package var name: String?
    package var version: String?
    /// The mode of the server, `standalone`, `cluster` or `sentinel`.
    package var mode: String?
    /// The role of the server, `master` or `replica`.
    package var role: String?
    /// The version of RESP, 2 or 3.
    package var protocolVersion = 2

    package init() {}

    init(hello reply: RESPValue) {
        name = reply.value(forKey: "server")?.text
        version = reply.value(forKey: "version")?.text
        mode = reply.value(forKey: "mode")?.text
        role = reply.value(forKey: "role")?.text
        protocolVersion = 3
    }

    /// The reason why the server is not supported; nil if it is.
    var unsupportedReason: String? {
        switch mode {
        case "cluster": "the server is a node of a cluster; only single servers are supported in this version"
        case "sentinel": "the server is a sentinel; only single servers are supported in this version"
        default: nil
        }
    }
}
