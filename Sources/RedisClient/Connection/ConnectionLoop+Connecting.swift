// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// From a name to a connection that takes commands, all within one deadline.
extension ConnectionLoop {
    /// Connects to one of the server's addresses.
    ///
    /// - Throws: ``RedisError``; ``RedisError/shutDown`` when the client was closed.
    func connect() throws(RedisError) -> (any Channel, RedisServerInfo) {
        let deadline = MonotonicClock.now.addingSaturated(settings.connectTimeout.nanoseconds)
        let addresses = try addresses(until: deadline)
        var failure = RedisError.connectFailed("there is no address")
        for (index, address) in addresses.enumerated() {
            // Each address that is left gets an equal share of the time that is left.
            let now = MonotonicClock.now
            let left = deadline > now ? deadline - now : 0
            let share = now.addingSaturated(left / Int64(addresses.count - index))
            do throws(RedisError) {
                let socket = try connect(to: address, until: share)
                let channel = try encrypt(socket, until: share)
                return (channel, try shakeHands(channel, until: share))
            } catch {
                if case .shutDown = error { throw error }
                // That another address is closed is no reason why this one was not good enough.
                if case .tls = failure, case .connectFailed = error {
                } else {
                    failure = error.ofAttempt(settings.endpoint)
                }
                // Another address is the same server with the same users.
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
            // A result from before may be old.
            _ = resolver.take()
            resolver.start(host, port, waking: pipe)
            while true {
                if let result = resolver.take() { return try result.get() }
                try wait(nil, 0, until: deadline) { "the name servers did not answer in time for the host \(host)" }
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
        while try !shakeHands(channel) {
            let events = POLLIN | (channel.wantsToWrite ? POLLOUT : 0)
            try wait(socket, events, until: deadline) {
                channel.hasReceived
                    ? "\(settings.endpoint) did not complete the TLS handshake in time"
                    : "\(settings.endpoint) did not answer the TLS handshake in time; is it a plain server on that port?"
            }
        }
        return channel
    }

    private func shakeHands(_ channel: TLSChannel) throws(RedisError) -> Bool {
        do throws(RedisError) {
            return try channel.handshake()
        } catch .connectionLost(let reason, _) {
            throw .connectFailed("the connection to \(settings.endpoint) was lost in the TLS handshake: \(reason)")
        }
    }

    private func shakeHands(_ channel: any Channel, until deadline: Int64) throws(RedisError) -> RedisServerInfo {
        var handshake = Handshake(
            username: settings.username,
            password: settings.password,
            database: settings.database,
            clientName: settings.clientName
        )
        var parser = RESPParser(limits: settings.limits)
        var command = handshake.start()
        var answer = try greet(command, channel, &parser, until: deadline)
        while true {
            switch handshake.receive(answer) {
            case .send(let next): command = next
            case .ready(let info): return info
            case .failed(let error): throw error
            }
            answer = try ask(command, channel, &parser, until: deadline)
        }
    }

    private func greet(
        _ command: RedisCommand,
        _ channel: any Channel,
        _ parser: inout RESPParser,
        until deadline: Int64
    ) throws(RedisError) -> RESPValue {
        do throws(RedisError) {
            return try ask(command, channel, &parser, until: deadline)
        } catch {
            // A server that expects TLS hangs up without a word.
            guard case .connectionLost(let reason, _) = error, case .host = settings.endpoint, channel is PlainChannel
            else { throw error }
            throw .connectFailed(
                "the connection to \(settings.endpoint) was lost before it was ready: \(reason); "
                    + "does the server speak TLS on that port?"
            )
        }
    }

    private func ask(
        _ command: RedisCommand,
        _ channel: any Channel,
        _ parser: inout RESPParser,
        until deadline: Int64
    ) throws(RedisError) -> RESPValue {
        var failure: RedisError?
        do throws(RedisError) {
            try write(command.bytes, to: channel, until: deadline)
        } catch {
            // A server that refuses a client says why and closes, possibly before the client has written.
            guard case .connectionLost = error else { throw error }
            failure = error
        }
        do throws(RedisError) {
            return try reply(from: channel, &parser, until: deadline)
        } catch {
            if case .connectionLost = error, let failure { throw failure }
            throw error
        }
    }

    private func write(_ bytes: [UInt8], to channel: any Channel, until deadline: Int64) throws(RedisError) {
        var position = 0
        while position < bytes.count || channel.wantsToWrite {
            if position < bytes.count {
                if case .bytes(let count) = try channel.write(bytes, from: position) { position += count }
            } else {
                try channel.flush()
            }
            guard position < bytes.count || channel.wantsToWrite else { return }
            try wait(channel.socket, POLLOUT, until: deadline) { "\(settings.endpoint) does not read" }
        }
    }

    private func reply(
        from channel: any Channel,
        _ parser: inout RESPParser,
        until deadline: Int64
    ) throws(RedisError) -> RESPValue {
        var replies: [RESPValue] = []
        var isFirst = true
        while true {
            if case .bytes(let count) = try channel.read(into: buffer) {
                // An alert of TLS, with which no value begins.
                if isFirst, buffer[0] == 21, channel is PlainChannel {
                    throw .tls("\(settings.endpoint) speaks TLS on that port, and the connection is not encrypted")
                }
                isFirst = false
                try parser.parse(part: UnsafeRawBufferPointer(rebasing: buffer[..<count])) { value in
                    if case .push = value { return }
                    replies.append(value)
                }
                if replies.count > 1 { throw .handshakeFailed("the server sent more replies than there were commands") }
                if let reply = replies.first { return reply }
            }
            // Also after bytes: those of a server that sends without end must not hide the deadline.
            try wait(channel.socket, POLLIN, until: deadline, isReady: channel.mayHoldInput) {
                "\(settings.endpoint) took the connection and did not answer in time"
            }
        }
    }

    /// Waits for a socket; ends the waits of commands meanwhile.
    @discardableResult
    private func wait(
        _ socket: Socket?,
        _ events: Int32,
        until deadline: Int64,
        isReady: Bool = false,
        _ lateness: () -> String
    ) throws(RedisError) -> Int32 {
        let (next, isClosed, _) = engine.tick(liveness: nil, sleeps: true)
        if isClosed { throw .shutDown }
        guard MonotonicClock.now < deadline else { throw .connectFailed(lateness()) }
        return poll(socket, events: events, until: isReady ? .min : min(deadline, next))
    }
}

extension RedisError {
    /// The error of an attempt to connect, during which no command can have run.
    fileprivate func ofAttempt(_ endpoint: RedisEndpoint) -> RedisError {
        guard case .connectionLost(let reason, _) = self else { return self }
        return .connectFailed("the connection to \(endpoint) was lost before it was ready: \(reason)")
    }
}

extension Channel {
    /// Writes the part of an array from a place on.
    func write(_ bytes: [UInt8], from position: Int) throws(RedisError) -> Socket.Outcome {
        let result: Result<Socket.Outcome, RedisError> = bytes.withUnsafeBytes { bytes in
            let rest = UnsafeRawBufferPointer(rebasing: bytes[position...])
            do throws(RedisError) { return .success(try write(rest)) } catch { return .failure(error) }
        }
        return try result.get()
    }
}

extension RESPParser {
    /// Parses what a server sent; bytes that are none of the protocol end the connection.
    mutating func parse(
        part bytes: UnsafeRawBufferPointer,
        _ receive: (RESPValue) -> Void
    ) throws(RedisError) {
        do throws(RESPProtocolError) {
            try parse(bytes, receive)
        } catch {
            throw .connectionLost("the server does not speak the protocol of Redis: \(error)", mayHaveRun: true)
        }
    }
}
