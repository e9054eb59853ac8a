// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Connecting: name resolution, the socket, TLS and the handshake, all within one deadline.
extension ConnectionLoop {
    /// Connects to one of the addresses of the server.
    ///
    /// - Throws: ``RedisError``, which is ``RedisError/shutDown`` when the client was closed.
    func connect() throws(RedisError) -> (any Channel, RedisServerInfo) {
        let deadline = MonotonicClock.now.addingSaturated(settings.connectTimeout.nanoseconds)
        let addresses = try addresses(until: deadline)
        var failure = RedisError.connectFailed("the server has no address")
        for (index, address) in addresses.enumerated() {
            // The remaining addresses share the remaining time equally.
            let now = MonotonicClock.now
            let left = deadline > now ? deadline - now : 0
            let share = now.addingSaturated(left / Int64(addresses.count - index))
            do throws(RedisError) {
                let socket = try connect(to: address, until: share)
                let channel = try encrypt(socket, until: share)
                return (channel, try performHandshake(channel, until: share))
            } catch {
                if case .shutDown = error { throw error }
                // A failure of TLS explains more than a refused connection to another address.
                if case .tls = failure, case .connectFailed = error {
                } else {
                    failure = error.asConnectFailure(of: settings.endpoint)
                }
                // Other addresses lead to the same server, which would refuse the credentials again.
                if case .refused = error { throw error }
            }
        }
        throw failure
    }

    private func addresses(until deadline: Int64) throws(RedisError) -> [SocketAddress] {
        switch settings.endpoint {
        case .path(let path): return [try SocketAddress(path: path)]
        case .host(let host, let port):
            if case .success(let addresses) = SocketAddress.resolve(host, port, isNumeric: true) { return addresses }
            // Drops the result of an earlier attempt, which may be outdated.
            _ = resolver.take()
            resolver.start(host, port, waking: pipe)
            while true {
                if let result = resolver.take() { return try result.get() }
                try wait(nil, 0, until: deadline) { "the name servers did not resolve the host \(host) in time" }
            }
        }
    }

    private func connect(to address: SocketAddress, until deadline: Int64) throws(RedisError) -> Socket {
        let socket = try Socket(connectingTo: address, unacknowledged: .seconds(5))
        while true {
            let events = try wait(socket, POLLOUT, until: deadline) { "\(address) did not answer in time" }
            guard events != 0 else { continue }
            if let error = socket.connectError { throw .connectFailed("\(address) cannot be reached: \(error)") }
            return socket
        }
    }

    private func encrypt(_ socket: Socket, until deadline: Int64) throws(RedisError) -> any Channel {
        guard let tls = settings.tls else { return PlainChannel(socket) }
        let host = if case .host(let host, _) = settings.endpoint { host } else { "localhost" }
        let channel = TLSChannel(socket, try OpenSSLSession(tls, host: try TLSHost(host)))
        while try !continueHandshake(channel) {
            let events = POLLIN | (channel.wantsToWrite ? POLLOUT : 0)
            try wait(socket, events, until: deadline) {
                channel.hasReceived
                    ? "\(settings.endpoint) did not complete the TLS handshake in time"
                    : "\(settings.endpoint) did not answer the TLS handshake in time; is it a plain server on that port?"
            }
        }
        return channel
    }

    private func continueHandshake(_ channel: TLSChannel) throws(RedisError) -> Bool {
        do throws(RedisError) {
            return try channel.handshake()
        } catch .connectionLost(let reason, _) {
            throw .connectFailed("the connection to \(settings.endpoint) was lost in the TLS handshake: \(reason)")
        }
    }

    /// Waits for events of a socket, and ends waits of commands that have timed out.
    @discardableResult
    func wait(
        _ socket: Socket?,
        _ events: Int32,
        until deadline: Int64,
        isReady: Bool = false,
        _ timeoutReason: () -> String
    ) throws(RedisError) -> Int32 {
        let (next, isClosed, _) = engine.tick(liveness: nil, sleeps: true)
        if isClosed { throw .shutDown }
        guard MonotonicClock.now < deadline else { throw .connectFailed(timeoutReason()) }
        return poll(socket, events: events, until: isReady ? .min : min(deadline, next))
    }
}

extension RedisError {
    /// Returns the error of an attempt to connect, in which no command can have run.
    fileprivate func asConnectFailure(of endpoint: RedisEndpoint) -> RedisError {
        guard case .connectionLost(let reason, _) = self else { return self }
        return .connectFailed("the connection to \(endpoint) was lost before it was ready: \(reason)")
    }
}
