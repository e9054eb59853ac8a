// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Resolves the addresses of a host on a thread of its own, because `getaddrinfo` blocks without a limit.
///
/// There is at most one such thread: no further one is started while it has not returned.
final class HostResolver: Sendable {
    private enum State {
        case idle
        case running
        case done(Result<[SocketAddress], RedisError>)
    }

    private let state = Mutex(State.idle)

    /// Begins to resolve, unless a resolution is already running.
    ///
    /// - Parameters:
    ///   - host: The host.
    ///   - port: The port.
    ///   - pipe: The pipe that wakes the caller when ``take()`` has a result.
    func start(_ host: String, _ port: Int, waking pipe: WakePipe) {
        let begins = state.withLock { state in
            if case .running = state { return false }
            state = .running
            return true
        }
        guard begins else { return }
        let isStarted = IOThread.start { [self] in
            let result = SocketAddress.resolve(host, port, isNumeric: false)
            state.withLock { $0 = .done(result) }
            pipe.wake()
        }
        if !isStarted { state.withLock { $0 = .done(.failure(.connectFailed("no thread could be started"))) } }
    }

    /// Removes and returns the result; nil while there is none.
    func take() -> Result<[SocketAddress], RedisError>? {
        state.withLock { state in
            guard case .done(let result) = state else { return nil }
            state = .idle
            return result
        }
    }
}
