// SPDX-License-Identifier: Apache-2.0

public import Caching
internal import RedisClient
import Synchronization

/// Reports about the connection for the cache.
extension RedisBackend: ConnectedBackend {
    /// Checks that the server replies.
    ///
    /// - Throws: The reason why there is no reply.
    public func ping() async throws { _ = try await roundTripTime() }

    /// Reports the current state of the connection and each change, until the backend is shut down.
    ///
    /// - Parameter receive: A closure that receives a state. It is called on the thread of the connection, and must not
    ///   block.
    public func reportConnection(to receive: @escaping @Sendable (BackendConnection) -> Void) {
        let place = "\(client.settings.endpoint)"
        let number = connection.observe { event in
            switch event {
            case .connected(let info): receive(.connected(to: info.text(at: place)))
            case .disconnected(let error), .connectFailed(let error): receive(.disconnected(error))
            }
        }
        observers.withLock { $0.append(number) }
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
