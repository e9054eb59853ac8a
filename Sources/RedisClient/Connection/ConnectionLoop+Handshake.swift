// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The handshake of a new connection.
extension ConnectionLoop {
    /// Authenticates the client, sets up the connection, and returns information about the server.
    ///
    /// - Throws: ``RedisError``, which is ``RedisError/refused(_:isCredential:)`` when the server refuses the client.
    func performHandshake(_ channel: any Channel, until deadline: Int64) throws(RedisError) -> RedisServerInfo {
        var handshake = Handshake(
            username: settings.username,
            password: settings.password,
            database: settings.database,
            clientName: settings.clientName
        )
        var parser = RESPParser(limits: settings.limits)
        var command = handshake.start()
        var answer = try sendHello(command, channel, &parser, until: deadline)
        while true {
            switch handshake.receive(answer) {
            case .send(let next): command = next
            case .ready(let info): return info
            case .failed(let error): throw error
            }
            answer = try roundTrip(command, channel, &parser, until: deadline)
        }
    }

    private func sendHello(
        _ command: RedisCommand,
        _ channel: any Channel,
        _ parser: inout RESPParser,
        until deadline: Int64
    ) throws(RedisError) -> RESPValue {
        do throws(RedisError) {
            return try roundTrip(command, channel, &parser, until: deadline)
        } catch {
            // A server that expects TLS closes the connection without a reply.
            guard case .connectionLost(let reason, _) = error, case .host = settings.endpoint, channel is PlainChannel
            else { throw error }
            throw .connectFailed(
                "the connection to \(settings.endpoint) was lost before it was ready: \(reason); "
                    + "does the server speak TLS on that port?"
            )
        }
    }

    private func roundTrip(
        _ command: RedisCommand,
        _ channel: any Channel,
        _ parser: inout RESPParser,
        until deadline: Int64
    ) throws(RedisError) -> RESPValue {
        var failure: RedisError?
        do throws(RedisError) {
            try write(command.bytes, to: channel, until: deadline)
        } catch {
            // A server may send an error and close the connection before the client has written.
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
            try wait(channel.socket, POLLOUT, until: deadline) { "\(settings.endpoint) did not read in time" }
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
                // The type of a TLS alert, with which no RESP value begins.
                if isFirst, buffer[0] == 21, channel is PlainChannel {
                    throw .tls("\(settings.endpoint) speaks TLS on that port, but encryption is not enabled")
                }
                isFirst = false
                try parser.parse(part: UnsafeRawBufferPointer(rebasing: buffer[..<count])) { value in
                    if case .push = value { return }
                    replies.append(value)
                }
                if replies.count > 1 { throw .handshakeFailed("the server sent more replies than commands were sent") }
                if let reply = replies.first { return reply }
            }
            // Also after received bytes: the deadline must apply to a server that sends endlessly.
            try wait(channel.socket, POLLIN, until: deadline, isReady: channel.mayHaveBufferedInput) {
                "\(settings.endpoint) accepted the connection and did not reply in time"
            }
        }
    }
}

extension Channel {
    /// Writes the bytes of an array from a position on.
    func write(_ bytes: [UInt8], from position: Int) throws(RedisError) -> Socket.Outcome {
        let result: Result<Socket.Outcome, RedisError> = bytes.withUnsafeBytes { bytes in
            let rest = UnsafeRawBufferPointer(rebasing: bytes[position...])
            do throws(RedisError) { return .success(try write(rest)) } catch { return .failure(error) }
        }
        return try result.get()
    }
}

extension RESPParser {
    /// Parses received bytes; a violation of the protocol ends the connection.
    mutating func parse(
        part bytes: UnsafeRawBufferPointer,
        _ receive: (RESPValue) -> Void
    ) throws(RedisError) {
        do throws(RESPProtocolError) {
            try parse(bytes, receive)
        } catch {
            throw .connectionLost("the server violated the RESP protocol: \(error)", mayHaveRun: true)
        }
    }
}
