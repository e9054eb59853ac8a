// SPDX-License-Identifier: Apache-2.0

package import Caching
package import RedisClient

/// The kinds of failures, for the circuit breaker: an error of one command must not open it for a working server.
extension RedisError: CacheBackendError {
    package var kind: BackendFailureKind {
        switch self {
        case .server(let error), .refused(let error, _): error.failureKind
        case .unexpectedReply: .rejected
        case .notConnected, .connectionLost, .timedOut, .overloaded, .connectFailed, .handshakeFailed, .tls, .shutDown:
            .unreachable
        }
    }
}

extension RedisServerError {
    /// The codes of errors of a server that can run no commands.
    private static let unavailable: Set<Substring> = [
        "LOADING", "BUSY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "NOAUTH", "WRONGPASS",
    ]

    fileprivate var failureKind: BackendFailureKind { Self.unavailable.contains(code) ? .unreachable : .rejected }
}

/// An error of an operation that the backend refuses without a command to the server.
struct RedisRefusal: CacheBackendError, CustomStringConvertible {
    let description: String

    var kind: BackendFailureKind { .rejected }
}
