// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The first conversation on a connection.
extension ConnectionLoop {
    /// Introduces the client, and learns what the server is.
    ///
    /// - Throws: ``RedisError/refused(_:isCredential:)`` when the server does not want it.
    func logIn(_ channel: any Channel, until deadline: Int64) throws(RedisError) -> RedisServerInfo {
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
