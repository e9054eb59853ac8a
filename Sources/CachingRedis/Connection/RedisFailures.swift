// SPDX-License-Identifier: Apache-2.0

package import Caching
package import RedisClient

/// The kinds of failures, for the breaker: an error about one write must not take a working server out of use.
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
    /// The codes of a server that can do nothing at present.
    private static let unavailable: Set<Substring> = [
        "LOADING", "BUSY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "NOAUTH", "WRONGPASS",
    ]

    fileprivate var failureKind: BackendFailureKind { Self.unavailable.contains(code) ? .unreachable : .rejected }
}

/// A request that the backend itself refuses.
struct RedisRefusal: CacheBackendError, CustomStringConvertible {
    let description: String

    var kind: BackendFailureKind { .rejected }
}
