// SPDX-License-Identifier: Apache-2.0

/// A failure of a command or of a connection.
package enum RedisError: Error, Sendable, Hashable {
    /// There is no connection at present; the reason is why the last one was lost or not made.
    case notConnected(String?)
    /// The connection was lost before the reply was there.
    case connectionLost(String, mayHaveRun: Bool)
    /// No reply within the time.
    case timedOut(Duration)
    /// Too much waits for the server already.
    case overloaded(commands: Int, bytes: Int)
    /// The server replied with an error.
    case server(RedisServerError)
    /// The server replied something else than the command's kind of reply.
    case unexpectedReply(to: String, String)
    /// The connection could not be made.
    case connectFailed(String)
    /// The server cannot be used.
    case handshakeFailed(String)
    /// The server refused a command of the handshake.
    case refused(RedisServerError, isCredential: Bool)
    /// The connection cannot be encrypted, or the server is not the one that was asked for.
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
            "too much waits for the server: \(commands) commands, of which \(bytes) bytes are not sent"
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
