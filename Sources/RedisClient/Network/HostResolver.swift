// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Finds the addresses of a host on a thread of its own, because the system's function takes as long as it likes.
///
/// There is one such thread at a time: while it does not come back, nobody else is sent after it.
final class HostResolver: Sendable {
    private enum State {
        case idle
        case running
        case done(Result<[SocketAddress], RedisError>)
    }

    private let state = Mutex(State.idle)

    /// Begins to look, unless that is under way.
    ///
    /// - Parameters:
    ///   - host: The host.
    ///   - port: The port.
    ///   - pipe: Wakes the caller when ``take()`` has something.
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
        if !isStarted { state.withLock { $0 = .done(.failure(.connectFailed("no thread can be started"))) } }
    }

    /// Takes what was found; nil while nothing is.
    func take() -> Result<[SocketAddress], RedisError>? {
        state.withLock { state in
            guard case .done(let result) = state else { return nil }
            state = .idle
            return result
        }
    }
}
