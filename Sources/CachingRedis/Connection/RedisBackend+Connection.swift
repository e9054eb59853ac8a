// SPDX-License-Identifier: Apache-2.0

public import Caching
internal import RedisClient
import Synchronization

/// The state of the connection, for the cache in front.
extension RedisBackend: ConnectedBackend {
    /// Asks the server for an answer.
    ///
    /// - Throws: The reason why there is none.
    public func ping() async throws { _ = try await roundTripTime() }

    /// Reports the present state of the connection and each change of it, until the backend is shut down.
    ///
    /// - Parameter receive: Takes a state; it does not block and is called on the thread of the connection.
    public func reportConnection(to receive: @escaping @Sendable (BackendConnection) -> Void) {
        let place = "\(client.settings.endpoint)"
        let number = connection.observe { event in
            switch event {
            case .connected(let info): receive(.connected(to: info.text(at: place)))
            case .disconnected(let error), .connectFailed(let error): receive(.disconnected(error))
            }
        }
        observation.withLock { $0.append(number) }
        switch client.status {
        case .connected(let info): receive(.connected(to: info.text(at: place)))
        case .disconnected(let error): receive(.disconnected(error))
        case .idle, .connecting, .closed: break
        }
    }
}

extension RedisServerInfo {
    fileprivate func text(at place: String) -> String {
        let name = [name, version].compactMap { $0 }.joined(separator: " ")
        return name.isEmpty ? "a server at \(place)" : "\(name) at \(place)"
    }
}
