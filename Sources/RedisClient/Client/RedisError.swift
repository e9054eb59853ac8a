// SPDX-License-Identifier: Apache-2.0

/// A failure of a command or of a connection.
package enum RedisError: Error, Sendable, Hashable {
    /// There is no connection; the reason is the error of the last connection or attempt.
    case notConnected(String?)
    /// The connection was lost before the reply was received.
    case connectionLost(String, mayHaveRun: Bool)
    /// No reply was received within the timeout.
    case timedOut(Duration)
    /// The queue of commands is full.
    case overloaded(commands: Int, bytes: Int)
    /// The server replied with an error.
    case server(RedisServerError)
    /// The server replied with a value that is not a valid reply to the command.
    case unexpectedReply(to: String, String)
    /// The connection could not be established.
    case connectFailed(String)
    /// The server is of a kind that the client does not support.
    case handshakeFailed(String)
    /// The server refused a command of the handshake.
    case refused(RedisServerError, isCredential: Bool)
    /// The connection cannot be encrypted, or the certificate of the server was not accepted.
    case tls(String)
    /// The client was shut down.
    case shutDown
}

extension RedisError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notConnected(let reason): "not connected" + (reason.map { ": \($0)" } ?? "")
        case .connectionLost(let reason, let mayHaveRun):
            "the connection was lost: \(reason); the command \(mayHaveRun ? "may have run" : "did not run")"
        case .timedOut(let duration): "no reply within \(duration)"
        case .overloaded(let commands, let bytes):
            "too many commands are pending: \(commands) without a reply, \(bytes) bytes not sent"
        case .server(let error): "the server replied: \(error)"
        case .unexpectedReply(let command, let kind): "the server replied to \(command) with \(kind)"
        case .connectFailed(let reason), .handshakeFailed(let reason), .tls(let reason): reason
        case .refused(let error, let isCredential):
            isCredential
                ? "the server refused the user or the password: \(error)"
                : "the server refused the connection: \(error)"
        case .shutDown: "the client was shut down"
        }
    }
}
